namespace QueryStream.Web.Texts;

/// <summary>A line of a log.</summary>
/// <param name="Number">Its number among those that were read.</param>
/// <param name="Level">trace, debug, info, warn, error or fatal.</param>
/// <param name="Text">The line.</param>
internal readonly record struct LogLine(int Number, string Level, string Text);

/// <summary>Reads and filters lines of a log, which are <c>TIME LEVEL MESSAGE</c>; lines of another form belong to the one before.</summary>
internal static class LogLines
{
    /// <summary>The levels, the least important first.</summary>
    public static readonly string[] Levels = ["trace", "debug", "info", "warn", "error", "fatal"];

    public static LogLine[] Parse(string text)
    {
        string level = Levels[0];
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        LogLine[] parsed = new LogLine[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            level = LevelOf(lines[i]) ?? level;
            parsed[i] = new LogLine(i, level, lines[i]);
        }

        return parsed;
    }

    /// <summary>The lines of a level or a worse one that contain a text.</summary>
    public static IEnumerable<LogLine> Select(IEnumerable<LogLine> lines, string level, string text)
    {
        int lowest = Array.IndexOf(Levels, level);
        return lines.Where(line => Array.IndexOf(Levels, line.Level) >= lowest
            && (text.Length == 0 || line.Text.Contains(text, StringComparison.OrdinalIgnoreCase)));
    }

    private static string? LevelOf(string line)
    {
        string[] words = line.Split(' ', 3);
        return words.Length < 2 ? null : Array.Find(Levels, level => words[1].Equals(level, StringComparison.OrdinalIgnoreCase));
    }
}
