namespace QueryStream.Samples.Tests;

/// <summary>A command of a document, and lines that its output has.</summary>
/// <param name="Command">What is typed.</param>
/// <param name="Lines">Each is a part of a line of the output.</param>
public sealed record ConsoleText(string Command, IReadOnlyList<string> Lines)
{
    private const string Fence = "```console";
    private const string Prompt = "$ ";

    /// <summary>The commands of a document, in order: lines behind a prompt in blocks marked <c>console</c>; what follows is output.</summary>
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
