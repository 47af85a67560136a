import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Each floor imports only those below it; a feature knows its own files only, and names them without "@".
const floors = ["app", "pages", "features", "components", "lib", "api"];
const above = (floor) => floors.slice(0, floors.indexOf(floor) + (floor === "features" ? 1 : 0));
const layer = (floor) => ({
  files: [`src/${floor}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: ["../*"], message: "Files of other folders are imported by @/." },
          ...above(floor).map((one) => ({ group: [`@/${one}/*`], message: `${floor} may not import ${one}.` })),
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.ts"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    files: ["src/**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
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
  ...floors.map(layer),
  { files: ["*.js", "vite.config.ts"], ...tseslint.configs.disableTypeChecked },
);
