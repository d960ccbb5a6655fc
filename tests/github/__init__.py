"""The GitHub loop on loopback: an emulated GitHub, a runner of workflow files, and their tests."""
