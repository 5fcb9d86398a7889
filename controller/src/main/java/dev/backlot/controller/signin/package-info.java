/**
 * How callers prove who they are: passwords, one-time codes, sessions, tokens, an OIDC provider.
 */
@NullMarked
package dev.backlot.controller.signin;

import org.jspecify.annotations.NullMarked;
