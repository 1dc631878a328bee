using QueryStream.Core.Texts;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>
/// Creates the texts of rows. Caches the normalized form of each spelling as long as it repeats; other texts are normalized each time. Used by one
/// thread.
/// </summary>
internal sealed class QueryTexts
{
    private const int QueriesRemembered = 1 << 16;
    private const int UsersRemembered = 1 << 16;
    private const int NamesRemembered = 1 << 12;

    private readonly TextNormalizer _normalizer = new();
    private readonly TextDictionary<Text> _queries;
    private readonly TextDictionary<Text> _names;

    // These dictionaries map texts to themselves: state stores texts of a dictionary without copying, and distinct counts use their numbers.
    private readonly TextDictionary<Text> _users = new(UsersRemembered, text => text);
    private readonly TextDictionary<Text> _normalized = new(QueriesRemembered, text => text);
    private readonly TextArena _passing = new();

    public QueryTexts()
    {
        _queries = new TextDictionary<Text>(QueriesRemembered, raw => Normalized(raw, _normalizer.Query(raw.Bytes)));
        _names = new TextDictionary<Text>(NamesRemembered, raw => Normalized(raw, NameOrUnknown(raw.Bytes)));
    }

    /// <summary>Replaces missing and empty group keys.</summary>
    public static Text Unknown { get; } = Text.From("unknown");

    /// <summary>The normalized query; may be empty.</summary>
    public Text Query(ReadOnlySpan<byte> utf8) => _queries.TryGet(utf8, out Text text) ? text : Find(_normalized, _normalizer.Query(utf8));

    /// <summary>The group key, trimmed and in NFC, or <see cref="Unknown"/>.</summary>
    public Text Name(ReadOnlySpan<byte> utf8) => _names.TryGet(utf8, out Text text) ? text : Find(_normalized, NameOrUnknown(utf8));

    /// <summary>The user, unchanged.</summary>
    public Text User(ReadOnlySpan<byte> utf8) => Find(_users, utf8);

    private Text Find(TextDictionary<Text> dictionary, ReadOnlySpan<byte> utf8) =>
        dictionary.TryGet(utf8, out Text text) ? text : _passing.Add(utf8);

    private Text Normalized(Text raw, ReadOnlySpan<byte> normalized) =>
        normalized.SequenceEqual(raw.Bytes) ? raw : Find(_normalized, normalized);

    private ReadOnlySpan<byte> NameOrUnknown(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> name = _normalizer.Name(utf8);
        return name.IsEmpty ? Unknown.Bytes : name;
    }
}
