"""What a person can ask of us: what is known of her, that it be forgotten, that it be not kept."""
