/**
 * Rules of the public gatekeeper-library, word for word, since Gatekeeper's users take them as they are:
 * `library/general/imagedigests/template.yaml` (1.0.1) and `library/general/allowedrepos/template.yaml`
 * (1.0.2), Apache-2.0.
 * @see https://github.com/open-policy-agent/gatekeeper-library/tree/master/library/general
 */
export const libraryRego = {
  K8sImageDigests: {
    rego: `package k8simagedigests

import data.lib.exempt_container.is_exempt

violation[{"msg": msg}] {
  container := input.review.object.spec.containers[_]
  not is_exempt(container)
  not regex.match("@[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+", container.image)
  msg := sprintf("container <%v> uses an image without a digest <%v>", [container.name, container.image])
}

violation[{"msg": msg}] {
  container := input.review.object.spec.initContainers[_]
  not is_exempt(container)
  not regex.match("@[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+", container.image)
  msg := sprintf("initContainer <%v> uses an image without a digest <%v>", [container.name, container.image])
}

violation[{"msg": msg}] {
  container := input.review.object.spec.ephemeralContainers[_]
  not is_exempt(container)
  not regex.match("@[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+", container.image)
  msg := sprintf("ephemeralContainer <%v> uses an image without a digest <%v>", [container.name, container.image])
}
`,
    libs: [
      `package lib.exempt_container

is_exempt(container) {
    exempt_images := object.get(object.get(input, "parameters", {}), "exemptImages", [])
    img := container.image
    exemption := exempt_images[_]
    _matches_exemption(img, exemption)
}

_matches_exemption(img, exemption) {
    not endswith(exemption, "*")
    exemption == img
}

_matches_exemption(img, exemption) {
    endswith(exemption, "*")
    prefix := trim_suffix(exemption, "*")
    startswith(img, prefix)
}
`,
    ],
  },
  K8sAllowedRepos: {
    rego: `package k8sallowedrepos

violation[{"msg": msg}] {
  container := input.review.object.spec.containers[_]
  not strings.any_prefix_match(container.image, input.parameters.repos)
  msg := sprintf("container <%v> has an invalid image repo <%v>, allowed repos are %v", [container.name, container.image, input.parameters.repos])
}

violation[{"msg": msg}] {
  container := input.review.object.spec.initContainers[_]
  not strings.any_prefix_match(container.image, input.parameters.repos)
  msg := sprintf("initContainer <%v> has an invalid image repo <%v>, allowed repos are %v", [container.name, container.image, input.parameters.repos])
}

violation[{"msg": msg}] {
  container := input.review.object.spec.ephemeralContainers[_]
  not strings.any_prefix_match(container.image, input.parameters.repos)
  msg := sprintf("ephemeralContainer <%v> has an invalid image repo <%v>, allowed repos are %v", [container.name, container.image, input.parameters.repos])
}
`,
    libs: [],
  },
} as const;

/** A rule that somebody wrote: what it says, only Gatekeeper can tell. */
export const releaseTrainRego = `package acmereleasetrain

violation[{"msg": msg}] {
  container := input.review.object.spec.containers[_]
  train := data.inventory.namespace["platform-tools"]["v1"]["ConfigMap"]["release-train"].data.open
  train != "true"
  msg := sprintf("the release train is closed: container <%v> waits", [container.name])
}
`;

/** The rule by which Gatekeeper asks Ratify, as its documentation has it; it heeds every failure. */
export const ratifyRego = `package ratifyverification

remote_data := response {
  images := [img | img = input.review.object.spec.containers[_].image]
  response := external_data({"provider": "ratify-provider", "keys": images})
}

violation[{"msg": msg}] {
  err := remote_data.system_error
  err != ""
  msg := sprintf("System error calling external data provider: %s", [err])
}

violation[{"msg": msg}] {
  count(remote_data.errors) > 0
  msg := sprintf("Error validating one or more images: %s", remote_data.errors)
}

violation[{"msg": msg}] {
  [image, valid] := remote_data.responses[_]
  not valid.isSuccess
  msg := sprintf("Subject failed verification: %s", [image])
}
`;
