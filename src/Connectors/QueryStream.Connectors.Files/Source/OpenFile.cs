using QueryStream.Core.Time;

namespace QueryStream.Connectors.Files.Source;

/// <summary>A file that is read.</summary>
/// <param name="found">The file.</param>
/// <param name="behind">The position that was read before; -1 for a file that is new.</param>
internal sealed class OpenFile(FoundFile found, long behind)
{
    /// <summary>Its name.</summary>
    public string Name => found.Name;

    /// <summary>Its path.</summary>
    public string Path => found.Path;

    /// <summary>When it was last written to.</summary>
    public EventTime Changed { get; } = EventTime.From(found.Changed);

    /// <summary>The position that was read before; -1 for none.</summary>
    public long Behind { get; } = behind;
}
