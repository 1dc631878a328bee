namespace QueryStream.Core.Codecs;

/// <summary>The base of dictionaries: a list of a key and a value each. Read with the default comparer, in the order of the bytes.</summary>
/// <typeparam name="TMap">The dictionary.</typeparam>
/// <typeparam name="TKey">Its keys.</typeparam>
/// <typeparam name="TValue">Its values.</typeparam>
internal abstract class MapCodec<TMap, TKey, TValue> : Codec<TMap>
    where TKey : notnull
{
    private static readonly Codec<TKey> Key = Codec<TKey>.Instance;
    private static readonly Codec<TValue> Value = Codec<TValue>.Instance;

    public sealed override Schema Schema { get; } = Schema.MapOf(Key.Schema, Value.Schema);

    public sealed override TMap Read(CodecReader reader) => From(Read(reader, Key, Value, PairBytes(Schema)));

    public sealed override Decoder<TMap> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this
        : written.Kind == SchemaKind.Map ? new Evolved(this, written)
        : base.DecoderOf(written);

    protected void WriteAll(CodecWriter writer, Dictionary<TKey, TValue> pairs)
    {
        writer.WriteCount(pairs.Count);
        foreach (KeyValuePair<TKey, TValue> pair in pairs)
        {
            WritePair(writer, pair);
        }
    }

    protected void WritePair(CodecWriter writer, in KeyValuePair<TKey, TValue> pair)
    {
        Key.Write(writer, pair.Key);
        Value.Write(writer, pair.Value);
        if (PairBytes(Schema) == 0)
        {
            writer.WriteByte(0);
        }
    }

    private protected abstract TMap From(Dictionary<TKey, TValue>? pairs);

    // 0: pairs are padded, as elements of a list are.
    private static int PairBytes(Schema map) => map.Members[0].Schema.MinBytes + map.Members[1].Schema.MinBytes;

    private static Dictionary<TKey, TValue>? Read(CodecReader reader, Decoder<TKey> key, Decoder<TValue> value, int pairBytes)
    {
        if (!reader.TryReadCount(pairBytes, out int count))
        {
            return null;
        }

        Dictionary<TKey, TValue> pairs = new(count);
        for (int i = 0; i < count; i++)
        {
            TKey next = key.Read(reader);
            if (next is null || !pairs.TryAdd(next, value.Read(reader)))
            {
                throw reader.Damaged("a key of a dictionary that is null or appears twice");
            }

            if (pairBytes == 0)
            {
                reader.ReadPadding();
            }
        }

        return pairs;
    }

    private sealed class Evolved(MapCodec<TMap, TKey, TValue> codec, Schema written) : Decoder<TMap>
    {
        private readonly Decoder<TKey> _key = Key.DecoderOf(written.Members[0].Schema);
        private readonly Decoder<TValue> _value = Value.DecoderOf(written.Members[1].Schema);
        private readonly int _pairBytes = PairBytes(written);

        public override TMap Read(CodecReader reader) => codec.From(MapCodec<TMap, TKey, TValue>.Read(reader, _key, _value, _pairBytes));
    }
}

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
