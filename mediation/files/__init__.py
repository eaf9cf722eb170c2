"""Files on their way in and out 材料: taken piece by piece or by a form, held for a form, shown to who may see them."""
