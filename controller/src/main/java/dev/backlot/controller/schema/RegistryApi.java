package dev.backlot.controller.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Marks a part of the registry's API: answers in the media type that the client prefers. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@RestController
@RequestMapping(
    produces = {
      RegistryApi.MEDIA_TYPE,
      "application/vnd.schemaregistry+json",
      "application/json",
      "application/*+json"
    })
@interface RegistryApi {
  /** What Confluent's clients ask for. */
  String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
}
