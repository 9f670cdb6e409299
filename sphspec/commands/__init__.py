"""What the commands of the command line do; `sphspec.cli` declares them."""
