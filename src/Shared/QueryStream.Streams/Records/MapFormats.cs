namespace QueryStream.Streams.Records;

internal sealed class DictionaryFormat<TKey, TValue> : MapFormat<Dictionary<TKey, TValue>?, TKey, TValue>
    where TKey : notnull
{
    private protected override Dictionary<TKey, TValue>? From(Dictionary<TKey, TValue> pairs) => pairs;
}

internal sealed class ReadOnlyDictionaryFormat<TKey, TValue> : MapFormat<IReadOnlyDictionary<TKey, TValue>?, TKey, TValue>
    where TKey : notnull
{
    private protected override IReadOnlyDictionary<TKey, TValue>? From(Dictionary<TKey, TValue> pairs) => pairs;
}
