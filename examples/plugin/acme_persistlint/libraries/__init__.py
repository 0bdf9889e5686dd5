"""Tables of Acme's database libraries, one TOML file each, in a folder for every language."""
