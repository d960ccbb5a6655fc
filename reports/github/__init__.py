"""Plans and outcomes where the review happens: comments, checks, statuses, issues, proposals."""
