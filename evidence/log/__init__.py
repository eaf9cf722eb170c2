"""The log on the side of the site: taking in, signing, publishing, proving, watching."""
