using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>
/// The base of dictionaries: an object if the keys can be property names, else a list of key and value pairs. If a key occurs twice, the last one
/// counts.
/// </summary>
/// <typeparam name="TMap">The dictionary.</typeparam>
/// <typeparam name="TKey">Its keys.</typeparam>
/// <typeparam name="TValue">Its values.</typeparam>
internal abstract class MapFormat<TMap, TKey, TValue> : JsonFormat<TMap>
    where TMap : class?, IReadOnlyDictionary<TKey, TValue>?
    where TKey : notnull
{
    private static readonly JsonFormat<TKey> Key = JsonFormat<TKey>.Instance;
    private static readonly JsonFormat<TValue> Value = JsonFormat<TValue>.Instance;

    public sealed override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out TMap value)
    {
        value = null!;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != (Key.CanBeName ? JsonTokenType.StartObject : JsonTokenType.StartArray))
        {
            return input.Refuse(ref reader, Key.CanBeName ? "an object" : "a list of pairs");
        }

        Dictionary<TKey, TValue> pairs = [];
        bool isRead = Key.CanBeName ? TryReadNames(ref reader, input, pairs) : TryReadPairs(ref reader, input, pairs);
        value = From(pairs);
        return isRead;
    }

    public sealed override void Write(Utf8JsonWriter writer, in TMap value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else if (Key.CanBeName)
        {
            writer.WriteStartObject();
            foreach (KeyValuePair<TKey, TValue> pair in value)
            {
                Key.WriteName(writer, pair.Key);
                Value.Write(writer, pair.Value);
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray();
            foreach (KeyValuePair<TKey, TValue> pair in value)
            {
                writer.WriteStartArray();
                Key.Write(writer, pair.Key);
                Value.Write(writer, pair.Value);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }
    }

    private protected abstract TMap From(Dictionary<TKey, TValue> pairs);

    private static bool TryReadNames(ref Utf8JsonReader reader, JsonInput input, Dictionary<TKey, TValue> pairs)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!Key.TryReadName(ref reader, input, out TKey key))
            {
                return false;
            }

            reader.Read();
            if (!Value.TryRead(ref reader, input, out TValue value))
            {
                return input.InMember($"{key}");
            }

            pairs[key] = value;
        }

        return true;
    }

    private static bool TryReadPairs(ref Utf8JsonReader reader, JsonInput input, Dictionary<TKey, TValue> pairs)
    {
        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (!JsonFormat<(TKey, TValue)>.Instance.TryRead(ref reader, input, out (TKey Key, TValue Value) pair))
            {
                return input.InElement(i);
            }

            if (pair.Key is null)
            {
                input.Refuse(ref reader, "a key that is not null");
                return input.InElement(i);
            }

            pairs[pair.Key] = pair.Value;
        }

        return true;
    }
}

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
