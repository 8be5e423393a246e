# Both processors in one image: docker buildx bake -f relay/deploy/docker/docker-bake.hcl --push
variable "IMAGE" {
  default = "ora-relay"
}
variable "VERSION" {
  default = "latest"
}

group "default" {
  targets = ["relay"]
}

target "relay" {
  context    = "."
  dockerfile = "relay/deploy/docker/Dockerfile"
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = ["${IMAGE}:${VERSION}", "${IMAGE}:latest"]
}
