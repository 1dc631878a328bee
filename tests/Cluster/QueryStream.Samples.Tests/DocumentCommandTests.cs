namespace QueryStream.Samples.Tests;

/// <summary>Every command of the tutorial and of the samples does what the text shows.</summary>
public sealed class DocumentCommandTests
{
    public static TheoryData<string> Documents =>
        [
            .. Directory.GetFiles(Path.Combine(Shell.Root, "samples"), "README.md", SearchOption.AllDirectories)
                .Append(Path.Combine(Shell.Root, "docs/tutorial.md"))
                .Where(File.Exists)
                .Select(path => Path.GetRelativePath(Shell.Root, path))
                .Order(StringComparer.Ordinal)
        ];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task The_commands_of_a_document_print_what_it_shows(string document)
    {
        IReadOnlyList<ConsoleText> commands = ConsoleText.Read(Path.Combine(Shell.Root, document));
        Assert.NotEmpty(commands);
        foreach (ConsoleText command in commands)
        {
            (int exitCode, string output) = await Shell.RunAsync(command.Command);

            bool isError = command.Lines.Any(line => line.StartsWith("ERROR:", StringComparison.Ordinal));
            Assert.True(exitCode == (isError ? 1 : 0), $"{command.Command}\nended with {exitCode}:\n{output}");
            Assert.All(
                command.Lines,
                line => Assert.True(output.Contains(line, StringComparison.Ordinal), $"{command.Command}\ndid not print '{line}':\n{output}"));
        }
    }
}
