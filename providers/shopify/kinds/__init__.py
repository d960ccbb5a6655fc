"""What Planogram knows of a Shopify shop, one file a kind."""
