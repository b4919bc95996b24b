"""How the tables came to be; `versions` import nothing of ours."""
