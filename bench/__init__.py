"""Side-by-side measurements, ours and the plain way in one run: machines are noisy, the ratio is what counts."""
