"""Known-bad variants of the product: an app that, named in BAD, replaces one function when a process starts."""
