"""证据图片: pictures of papers and chats, their words and their rows of repayments, checked by a person."""
