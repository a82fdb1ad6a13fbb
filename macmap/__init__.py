"""The name;MAC;IP table: its file formats, look-ups and exports."""
