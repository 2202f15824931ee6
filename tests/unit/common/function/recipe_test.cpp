// SPDX-License-Identifier: Apache-2.0
#include "common/function/recipe.hpp"

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

namespace {

constexpr char const* objects = R"(apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: tag-vm
  labels: {millrace.dev/runtime: python}
  annotations:
    millrace.dev/title: Tag a machine
    millrace.dev/description: Puts a tag on it.
spec:
  template:
    spec:
      containers:
        - envFrom: [{secretRef: {name: tag-vm-secret}}]
      volumes:
        - name: code
          configMap: {name: tag-vm-code}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: tag-vm}
spec:
  broker: default
  subscriber: {ref: {kind: Service, name: tag-vm}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: tag-vm-clones}
spec:
  broker: default
  subscriber: {ref: {kind: Service, name: tag-vm}}
)";

/// A recipe's folder, "tag", with what a test puts into it.
class RecipeFolder {
public:
    RecipeFolder() {
        std::filesystem::create_directory(path());
        put("function.yaml", objects);
        put("handler.py", "def handle(event): pass\n");
    }
    std::filesystem::path path() const { return folder_.path() / "tag"; }
    void put(std::string const& name, std::string const& content) const {
        REQUIRE(write_file_atomic(path() / name, content, 0600, Durability::process));
    }
    void remove(std::string const& name) const { std::filesystem::remove(path() / name); }
    /// All that is wrong with it, paths without the folder.
    std::string faults() const {
        auto const recipe = load_recipe(path());
        std::string text = recipe ? "" : to_string(recipe.error());
        for (auto at = text.find(path().string()); at != std::string::npos;
             at = text.find(path().string()))
            text.erase(at, path().string().size());
        return text;
    }

private:
    test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("Recipe: a folder is read with its code, words, secrets and triggers") {
    RecipeFolder const folder;
    folder.put("lib.py", "x = 1\n");
    folder.put("README.md", "How.");
    folder.put("secret.example.json", R"({"VC_USER":"admin","VC_NOTE":""})");
    folder.put("secret.simulator.json", R"({"VC_USER":"user"})");
    auto const recipe = load_recipe(folder.path());
    REQUIRE(recipe);
    CHECK(recipe->id == "tag");
    CHECK(recipe->title == "Tag a machine");
    CHECK(recipe->description == "Puts a tag on it.");
    CHECK(recipe->runtime == "python");
    CHECK(recipe->readme == "How.");
    CHECK(recipe->files.size() == 2);
    CHECK(recipe->files.at("lib.py") == "x = 1\n");
    CHECK(
        recipe->secret ==
        std::map<std::string, std::string>{{"VC_NOTE", ""}, {"VC_USER", "admin"}});
    CHECK(recipe->simulated_secret.at("VC_USER") == "user");
    CHECK(recipe->triggers.size() == 2);
}

TEST_CASE("Recipe: hidden files and folders are no code") {
    RecipeFolder const folder;
    folder.put(".handler.py.swp", "x");
    std::filesystem::create_directory(folder.path() / "test");
    auto const recipe = load_recipe(folder.path());
    REQUIRE(recipe);
    CHECK(recipe->files.size() == 1);
}

TEST_CASE("Recipe: without a title it is called by its folder") {
    RecipeFolder const folder;
    folder.put(
        "function.yaml",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: x}\n");
    CHECK(load_recipe(folder.path())->title == "tag");
}

TEST_CASE("Recipe: it needs its objects and a handler") {
    RecipeFolder const folder;
    folder.remove("function.yaml");
    folder.remove("handler.py");
    CHECK(folder.faults() == "/function.yaml: There is no file /function.yaml.\n: has no handler.");
}

TEST_CASE("Recipe: it has exactly one Service, and what is neither Service nor Trigger is told") {
    RecipeFolder const folder;
    folder.put(
        "function.yaml",
        "apiVersion: v1\nkind: Secret\n---\napiVersion: eventing.knative.dev/v1beta1\n"
        "kind: Trigger\n");
    std::string const wanted =
        " must be a Service (serving.knative.dev/v1) or a Trigger (eventing.knative.dev/v1).\n";
    CHECK(
        folder.faults() == "/function.yaml:2:" + wanted + "/function.yaml:5:" + wanted +
                               "/function.yaml: must hold exactly one Service.");
    std::string const twice = std::string(objects) + "---\n" + objects;
    folder.put("function.yaml", twice);
    CHECK(folder.faults() == "/function.yaml: must hold exactly one Service.");
}

TEST_CASE("Recipe: a Secret's example is an object of texts") {
    RecipeFolder const folder;
    folder.put("secret.example.json", R"({"PORT":443})");
    CHECK(folder.faults() == "/secret.example.json: PORT: must be a text.");
    folder.put("secret.example.json", "[]");
    CHECK(folder.faults() == "/secret.example.json: must be an object.");
    folder.put("secret.example.json", "{");
    CHECK(folder.faults().starts_with("/secret.example.json: Not valid JSON at byte "));
}

TEST_CASE("Recipe: faults of every file are told at once") {
    RecipeFolder const folder;
    folder.put("function.yaml", "a: [");
    folder.put("secret.example.json", "[]");
    folder.put("big.py", std::string(600 << 10, ' '));
    std::string const faults = folder.faults();
    INFO(faults);
    CHECK(faults.find("/function.yaml:") != std::string::npos);
    CHECK(faults.find("/big.py is larger than 524288 bytes.") != std::string::npos);
    CHECK(faults.find("/secret.example.json: must be an object.") != std::string::npos);
}

TEST_CASE("Recipes: the functions of every one are asked whether they are ready") {
    auto const folders = list_folder(MILLRACE_SOURCE_DIR "/appliance/functions");
    REQUIRE(folders);
    CHECK_FALSE(folders->empty());
    for (std::filesystem::path const& folder : *folders) {
        INFO(folder);
        auto const recipe = load_recipe(folder);
        REQUIRE(recipe);
        Resource const service = make_function(*recipe, {"default", "mine"}).service;
        Json const* containers = find_json(service.spec(), "template/spec/containers");
        REQUIRE(containers != nullptr);
        Json const* probe = find_json(containers->front(), "readinessProbe");
        REQUIRE(probe != nullptr);
        // No period: Knative asks every few milliseconds until it is ready, and no more then.
        CHECK(dump_json(*probe) == R"({"httpGet":{"path":"/readyz"}})");
    }
}

TEST_CASE("Function: made from a recipe every object has its name, and finds the others") {
    RecipeFolder const folder;
    auto const recipe = load_recipe(folder.path());
    REQUIRE(recipe);
    FunctionObjects const made = make_function(*recipe, {"default", "mine"});
    CHECK(made.service.name().text() == "default/mine");
    CHECK(made.service.annotation(recipe_annotation) == "tag");
    CHECK(code_name(made.service) == made.code.name().name);
    CHECK(made.code.name().name.starts_with("mine-"));
    Json const* containers = find_json(made.service.spec(), "template/spec/containers");
    REQUIRE(containers != nullptr);
    CHECK(
        dump_json(containers->front()) == R"({"envFrom":[{"secretRef":{"name":"mine-secret"}}]})");
    REQUIRE(made.triggers.size() == 2);
    CHECK(made.triggers[0].name().text() == "default/mine");
    CHECK(made.triggers[1].name().text() == "default/mine-clones");
    for (Resource const& trigger : made.triggers)
        CHECK(string_at(trigger.spec(), "subscriber/ref/name") == "mine");
}

TEST_CASE("Code: the same files have the same name, other files another, and it never changes") {
    Resource const code = make_code({"default", "mine"}, {{"handler.py", "a"}});
    CHECK(make_code({"default", "mine"}, {{"handler.py", "a"}}).name() == code.name());
    CHECK(make_code({"default", "mine"}, {{"handler.py", "b"}}).name() != code.name());
    CHECK(make_code({"default", "mine"}, {{"handler.sh", "a"}}).name() != code.name());
    CHECK(is_resource_name(code.name().name));
    CHECK(bool_at(code.object, "immutable", false));
    CHECK(code.label("millrace.dev/function") == "mine");
}

TEST_CASE("Code: a Service without the volume has no code, and gets none") {
    Resource service;
    service.object["spec"]["template"]["spec"]["volumes"] =
        Json::array({{{"name", "other"}, {"configMap", {{"name", "x"}}}}});
    std::string const before = dump_json(service.object);
    CHECK(code_name(service).empty());
    set_code_name(service, "new");
    CHECK(dump_json(service.object) == before);
    CHECK(code_name(Resource()).empty());
}

TEST_CASE("Secret: its values come back as they were, and none stands there in the clear") {
    SecretValues const values = {
        {"PASSWORD", Secret("p\xc3\xa4ss \"word\"\n")}, {"EMPTY", Secret("")}};
    Resource const secret = make_secret({"default", "mine-secret"}, values);
    CHECK(test::revealed(secret_values(secret).value()) == test::revealed(values));
    CHECK(dump_json(secret.object).find("word") == std::string::npos);
    CHECK(string_at(secret.object, "type") == "Opaque");
}
