package dev.backlot.model.spec;

import java.io.Serializable;

/** Where a secret is kept; the secret itself never stands in a document. */
public sealed interface SecretReference extends Serializable {
  /** An environment variable, which must start with {@code BACKLOT_SECRET_}. */
  record FromEnvironment(String variable) implements SecretReference {}

  /** A file in the secrets directory, by its plain name. */
  record FromFile(String name) implements SecretReference {}
}
