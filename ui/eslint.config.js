import boundaries from "eslint-plugin-boundaries";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Each floor imports only those below it; features know nothing of each other.
const floors = ["app", "pages", "features", "components", "lib", "api"];
const reach = (floor) => floors.slice(floors.indexOf(floor) + (floor === "features" ? 1 : 0));
const element = (type, feature) => ({ element: { type, ...(feature === undefined ? {} : { captured: { feature } }) } });

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.ts"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    files: ["src/**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { boundaries },
    settings: {
      "import/resolver": { typescript: { project: "tsconfig.json" } },
      "boundaries/elements": [
        { type: "features", pattern: "src/features/*", capture: ["feature"] },
        ...floors.filter((floor) => floor !== "features").map((floor) => ({ type: floor, pattern: `src/${floor}` })),
      ],
    },
    rules: {
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: [
            ...floors.map((floor) => ({ from: element(floor), allow: { to: reach(floor).map((one) => element(one)) } })),
            { from: element("features"), allow: { to: element("features", "{{from.feature}}") } },
          ],
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "as" }],
      // TypeScript asks for brackets where a name is not known to be there.
      "@typescript-eslint/dot-notation": "off",
      // uPlot's enums are there for the compiler only.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "react-hooks/incompatible-library": "off",
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
    },
  },
  { files: ["*.js", "vite.config.ts"], ...tseslint.configs.disableTypeChecked },
);
