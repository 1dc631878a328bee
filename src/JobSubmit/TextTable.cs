using System.Globalization;
using Spectre.Console;

namespace QueryStream.JobSubmit;

/// <summary>Tables without colours, also for files and pipes.</summary>
internal static class TextTable
{
    /// <summary>The width of a terminal; null: it is none.</summary>
    public static int? WidthOf(Terminal terminal) => terminal.IsInteractive ? AnsiConsole.Profile.Width : null;

    /// <summary>An empty table. A column whose title begins with an exclamation mark is aligned to the right.</summary>
    public static Table New(params ReadOnlySpan<string> columns)
    {
        Table table = new() { Border = TableBorder.Simple };
        foreach (string column in columns)
        {
            bool isRight = column[0] == '!';
            table.AddColumn(new TableColumn(new Text(isRight ? column[1..] : column)) { Alignment = isRight ? Justify.Right : Justify.Left });
        }

        return table;
    }

    /// <summary>Adds a row.</summary>
    public static void Add(Table table, params ReadOnlySpan<string> cells)
    {
        List<Text> row = [];
        foreach (string cell in cells)
        {
            row.Add(new Text(cell));
        }

        table.AddRow(row);
    }

    /// <summary>Writes a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="width">That of the terminal; null: none, as in a file.</param>
    /// <param name="title">The line above it.</param>
    /// <param name="table">The table.</param>
    public static void Write(TextWriter output, int? width, string title, Table table)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Capabilities.Unicode = true;
        console.Profile.Width = width ?? 10_000; // a file has no width, and wrapped cells are hard to search
        console.Write(table);
        output.WriteLine(title);
        foreach (string line in text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
        {
            output.WriteLine(line);
        }
    }
}
