namespace QueryStream.Samples.Tests;

/// <summary>A command in a document, with expected lines of its output.</summary>
/// <param name="Command">The command.</param>
/// <param name="Lines">Texts that the output must contain.</param>
public sealed record ConsoleText(string Command, IReadOnlyList<string> Lines)
{
    private const string Fence = "```console";
    private const string Prompt = "$ ";

    /// <summary>The commands of a document, in order: lines after a prompt in blocks marked <c>console</c>, each followed by its output.</summary>
    public static IReadOnlyList<ConsoleText> Read(string path)
    {
        List<ConsoleText> commands = [];
        bool isConsole = false;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isConsole = line == Fence;
            }
            else if (isConsole && line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                commands.Add(new ConsoleText(line[Prompt.Length..], []));
            }
            else if (isConsole && line.Trim() is not ("" or "…"))
            {
                commands[^1] = commands[^1] with { Lines = [.. commands[^1].Lines, line.Trim()] };
            }
        }

        return commands;
    }
}
