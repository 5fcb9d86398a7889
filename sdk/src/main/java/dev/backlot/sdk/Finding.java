package dev.backlot.sdk;

import dev.backlot.model.ProblemCode;

/**
 * Something that is wrong with a step; the planner completes it with the step's name and place.
 *
 * @param code the kind of problem
 * @param path where in the step, such as {@code config.where}
 * @param fact what is the case, a clause without a final stop
 * @param fix what to do, one or more sentences
 */
public record Finding(ProblemCode code, String path, String fact, String fix) {}
