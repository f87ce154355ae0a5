/**
 * One small project per toolchain, the same in each language: `sign` gives -1 or 1, and the tests are those that a
 * test of the runner asks for. All of them keep to what the language's newcomers are taught.
 */
import { cargo, goToolchain, gradle, maven } from '@vishkar/testkit';
import type { Need } from '@vishkar/testkit';

/** Bodies of tests that every project knows how to write. */
export type Body = 'good' | 'red' | 'skipped' | 'flaky' | 'hangs';

export interface ToolchainProject {
  readonly name: string;
  readonly needs: Readonly<Record<string, Need>>;
  /** Path of the product file, whose lines a diff calls new. */
  readonly product: string;
  /** Long enough for a machine under load to build and to begin with the tests. */
  readonly beginsWithinMs: number;
  /** Tests by their names (letters and `_`), as the language writes them. */
  readonly files: (tests: Readonly<Record<string, Body>>) => Readonly<Record<string, string>>;
}

/** Fails where the file was not there yet, and leaves it. */
const MARK = 'flaky.mark';

const go: ToolchainProject = {
  name: 'go test',
  beginsWithinMs: 15_000,
  needs: { goToolchain },
  product: 'sign.go',
  files: (tests) => ({
    'go.mod': 'module example.com/sign\n\ngo 1.19\n',
    'sign.go':
      '// Package sign tells signs.\npackage sign\n\n// Of gives -1 or 1.\nfunc Of(x int) int {\n\tif x < 0 {\n\t\treturn -1\n\t}\n\treturn 1\n}\n',
    'sign_test.go':
      'package sign\n\nimport (\n\t"os"\n\t"testing"\n\t"time"\n)\n\nvar _ = time.Now\nvar _ = os.Stat\n\n' +
      Object.entries(tests)
        .map(([name, body]) => `func Test_${name}(t *testing.T) {\n\t${GO[body]}\n}\n`)
        .join('\n'),
  }),
};
const GO: Readonly<Record<Body, string>> = {
  good: 'if Of(1) != 1 {\n\t\tt.Fatal("not one")\n\t}',
  red: 'if got := Of(1); got != 2 {\n\t\tt.Fatalf("got %d, not 2", got)\n\t}',
  skipped: 't.Skip("later")',
  flaky: `if _, err := os.Stat("${MARK}"); err != nil {\n\t\t_ = os.WriteFile("${MARK}", nil, 0o600)\n\t\tt.Fatal("the first time")\n\t}`,
  hangs: 'time.Sleep(time.Hour)',
};

const rust: ToolchainProject = {
  name: 'cargo test',
  beginsWithinMs: 15_000,
  needs: { cargo },
  product: 'src/lib.rs',
  files: (tests) => ({
    'Cargo.toml': '[package]\nname = "sign"\nversion = "0.1.0"\nedition = "2021"\n',
    'src/lib.rs':
      '/// Gives -1 or 1.\n///\n/// ```\n/// assert_eq!(sign::of(-3), -1);\n/// ```\npub fn of(x: i32) -> i32 {\n    if x < 0 {\n        return -1;\n    }\n    1\n}\n',
    'tests/sign.rs': Object.entries(tests)
      .map(([name, body]) => `#[test]\n${RUST[body]}`.replaceAll('NAME', name))
      .join('\n'),
  }),
};
const RUST: Readonly<Record<Body, string>> = {
  good: 'fn NAME() {\n    assert_eq!(sign::of(1), 1);\n}\n',
  red: 'fn NAME() {\n    assert_eq!(sign::of(1), 2);\n}\n',
  skipped: '#[ignore = "later"]\nfn NAME() {}\n',
  flaky: `fn NAME() {\n    if !std::path::Path::new("${MARK}").exists() {\n        std::fs::write("${MARK}", "").unwrap();\n        panic!("the first time");\n    }\n}\n`,
  hangs: 'fn NAME() {\n    std::thread::sleep(std::time::Duration::from_secs(3600));\n}\n',
};

const JAVA_PRODUCT =
  'package sign;\n\n/** Tells signs. */\npublic final class Sign {\n  private Sign() {}\n\n  public static int of(int x) {\n    if (x < 0) {\n      return -1;\n    }\n    return 1;\n  }\n}\n';

function javaTest(imports: string, skip: string, tests: Readonly<Record<string, Body>>): string {
  const methods = Object.entries(tests).map(([name, body]) => {
    const skipLine = body === 'skipped' ? `  @${skip}("later")\n` : '';
    return `${skipLine}  @Test\n  public void ${name}() throws Exception {\n    ${JAVA[body]}\n  }\n`;
  });
  return `package sign;\n\n${imports}\npublic class SignTest {\n${methods.join('\n')}}\n`;
}
const JAVA: Readonly<Record<Body, string>> = {
  good: 'assertEquals(1, Sign.of(1));',
  red: 'assertEquals(2, Sign.of(1));',
  skipped: '',
  flaky: `if (new java.io.File("${MARK}").createNewFile()) throw new IllegalStateException("the first time");`,
  hangs: 'Thread.sleep(3_600_000);',
};

const javaMaven: ToolchainProject = {
  name: 'maven',
  beginsWithinMs: 30_000,
  needs: { maven },
  product: 'src/main/java/sign/Sign.java',
  files: (tests) => ({
    'pom.xml': POM,
    'src/main/java/sign/Sign.java': JAVA_PRODUCT,
    'src/test/java/sign/SignTest.java': javaTest(
      'import static org.junit.jupiter.api.Assertions.assertEquals;\n\nimport org.junit.jupiter.api.Disabled;\nimport org.junit.jupiter.api.Test;\n',
      'Disabled',
      tests,
    ),
  }),
};
const plugin = (name: string, version: string) =>
  `      <plugin>\n        <artifactId>${name}</artifactId>\n        <version>${version}</version>\n      </plugin>\n`;
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId>
  <artifactId>sign</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.junit.jupiter</groupId>
      <artifactId>junit-jupiter</artifactId>
      <version>5.11.4</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
${plugin('maven-compiler-plugin', '3.13.0')}${plugin('maven-surefire-plugin', '3.5.2')}    </plugins>
  </build>
</project>
`;

const javaGradle: ToolchainProject = {
  name: 'gradle',
  beginsWithinMs: 30_000,
  needs: { gradle },
  product: 'src/main/java/sign/Sign.java',
  files: (tests) => ({
    // Gradle 7 took the older name away, Gradle 3 does not know the newer one.
    'build.gradle':
      "apply plugin: 'java'\n\nrepositories { mavenCentral() }\n\ndef forTests = gradle.gradleVersion.tokenize('.')[0].toInteger() < 5 ? 'testCompile' : 'testImplementation'\ndependencies.add(forTests, 'junit:junit:4.13.2')\n",
    'settings.gradle': "rootProject.name = 'sign'\n",
    'src/main/java/sign/Sign.java': JAVA_PRODUCT,
    'src/test/java/sign/SignTest.java': javaTest(
      'import static org.junit.Assert.assertEquals;\n\nimport org.junit.Ignore;\nimport org.junit.Test;\n',
      'Ignore',
      tests,
    ),
  }),
};

export const TOOLCHAIN_PROJECTS: readonly ToolchainProject[] = [go, rust, javaMaven, javaGradle];
