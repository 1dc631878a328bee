namespace QueryStream.Browser.Tests;

/// <summary>A test that needs Chromium; skipped with the reason if there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    private const string Variable = "QUERYSTREAM_CHROMIUM";

    private static readonly string[] Usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    /// <summary>Checks at discovery whether there is one.</summary>
    public BrowserFactAttribute() => Skip = Path is null
        ? $"There is no Chromium at {string.Join(", ", Usual)}: install Debian's package chromium, or set {Variable} to its path."
        : null;

    /// <summary>The path of the browser; null: there is none.</summary>
    public static string? Path { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : Array.Find(Usual, File.Exists);
}
