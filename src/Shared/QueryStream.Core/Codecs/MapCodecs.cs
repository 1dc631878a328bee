namespace QueryStream.Core.Codecs;

internal sealed class DictionaryCodec<TKey, TValue> : MapCodec<Dictionary<TKey, TValue>?, TKey, TValue>
    where TKey : notnull
{
    public override void Write(CodecWriter writer, in Dictionary<TKey, TValue>? value)
    {
        if (value is null)
        {
            writer.WriteNone();
        }
        else
        {
            WriteAll(writer, value);
        }
    }

    private protected override Dictionary<TKey, TValue>? From(Dictionary<TKey, TValue>? pairs) => pairs;
}

internal sealed class ReadOnlyDictionaryCodec<TKey, TValue> : MapCodec<IReadOnlyDictionary<TKey, TValue>?, TKey, TValue>
    where TKey : notnull
{
    public override void Write(CodecWriter writer, in IReadOnlyDictionary<TKey, TValue>? value)
    {
        if (value is null)
        {
            writer.WriteNone();
        }
        else if (value is Dictionary<TKey, TValue> dictionary)
        {
            WriteAll(writer, dictionary);
        }
        else
        {
            writer.WriteCount(value.Count);
            foreach (KeyValuePair<TKey, TValue> pair in value)
            {
                WritePair(writer, pair);
            }
        }
    }

    private protected override IReadOnlyDictionary<TKey, TValue>? From(Dictionary<TKey, TValue>? pairs) => pairs;
}
