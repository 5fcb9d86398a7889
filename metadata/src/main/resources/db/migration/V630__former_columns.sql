-- Names that columns of a captured table have had and have no more: whoever takes one again brings other values.
ALTER TABLE known_shape ADD COLUMN former_names jsonb NOT NULL DEFAULT '[]';
