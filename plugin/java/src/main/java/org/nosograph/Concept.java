package org.nosograph;

/**
 * A concept of a code system.
 *
 * @param system canonical URI of the code system that defines it
 * @param code the code
 * @param display its title, as published
 */
public record Concept(String system, String code, String display) {}
