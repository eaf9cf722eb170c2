"""How sound and picture go between the people of a hearing: browser to browser, or through a server that relays."""
