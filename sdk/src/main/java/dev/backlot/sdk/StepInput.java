package dev.backlot.sdk;

import java.io.Serializable;

/**
 * One input of a step.
 *
 * @param step the upstream step's id
 * @param shape what it gives
 */
public record StepInput(String step, Shape shape) implements Serializable {}
