"""Words of this field and of dialects, written for this project; each list says where its entries come from."""
