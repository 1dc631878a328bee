namespace QueryStream.Runtime.Operators;

/// <summary>The text of rows and keys, for errors: it is the job's code that makes it, and may throw.</summary>
internal static class RowText
{
    /// <summary>The text, cut where it is longer.</summary>
    public static string Of<T>(in T value, int most)
    {
        string text;
        try
        {
            text = value?.ToString() ?? "null";
        }
        catch (Exception e)
        {
            return $"{typeof(T).Name} (its text: {e.GetType().Name})";
        }

        return text.Length <= most ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)}…";
    }

    /// <summary>The text of a row's key; null where it cannot be taken.</summary>
    public static string? OfKeyOf<T, TKey>(in T row, Func<T, TKey> key)
    {
        try
        {
            return OfKey(key(row));
        }
        catch (Exception)
        {
            // There is an error already, and this is not the one to tell.
            return null;
        }
    }

    /// <summary>The text of a key.</summary>
    public static string OfKey<TKey>(in TKey key) => Of(key, most: 100);
}

/// <summary>Tells the keys of rows, for errors.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal interface IKeyText<T>
{
    /// <summary>The text of a row's key; null where it has none, or it cannot be taken.</summary>
    string? KeyOf(in T row);
}
