"""What a Factur-X PDF says of itself, apart from the XML it carries: attached files, metadata, actions."""
