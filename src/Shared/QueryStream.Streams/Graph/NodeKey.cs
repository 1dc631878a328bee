using System.Text;
using System.Text.Json;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Streams.Records;

namespace QueryStream.Streams.Graph;

/// <summary>The keys of an operator's state as people write them. Stateless; safe on any thread.</summary>
public abstract class NodeKey
{
    // One for each type of key.
    private protected NodeKey()
    {
    }

    /// <summary>The layout of the keys, for people: <c>int64</c>.</summary>
    public abstract string Layout { get; }

    /// <summary>
    /// Reads a key as a person writes it: texts without quotes; numbers; GUIDs, times and names of enums with or without quotes; tuples and records
    /// as JSON.
    /// </summary>
    /// <exception cref="StateQueryException">The text is no such key. The message says why.</exception>
    public abstract KeyAsJson Parse(string text);

    /// <summary>Reads a key as JSON. Only so a missing text can be written, as <c>null</c>.</summary>
    /// <exception cref="StateQueryException">The text is no such key. The message says why.</exception>
    public abstract KeyAsJson ParseJson(string json);
}

/// <summary>A key that was read from a text.</summary>
/// <param name="Json">The key as JSON, in the form in which its own format writes it.</param>
/// <param name="Hash">Its stable hash, by which rows find their key group.</param>
public readonly record struct KeyAsJson(string Json, ulong Hash);

/// <summary>The keys of one type.</summary>
/// <typeparam name="TKey">The key.</typeparam>
public sealed class NodeKey<TKey> : NodeKey
{
    private const int MaxShown = 100;

    private static readonly bool IsText = typeof(TKey) == typeof(Text) || typeof(TKey) == typeof(string) || typeof(TKey) == typeof(char);

    private NodeKey()
    {
    }

    /// <summary>The one instance.</summary>
    public static NodeKey<TKey> Instance { get; } = new();

    /// <inheritdoc/>
    public override string Layout => Codec<TKey>.Exists ? Codec<TKey>.Instance.Schema.ToString() : typeof(TKey).Name;

    /// <inheritdoc/>
    public override KeyAsJson Parse(string text)
    {
        byte[] quoted = Quoted(text);
        if (IsText)
        {
            return TryRead(quoted, out TKey asText, out JsonProblem problem) ? Written(asText) : throw NoKey(text, problem);
        }

        if (TryRead(Encoding.UTF8.GetBytes(text), out TKey key, out JsonProblem asJson))
        {
            return Written(key);
        }

        if (TryRead(quoted, out key, out JsonProblem asString))
        {
            return Written(key);
        }

        // What is no JSON was probably meant as a string.
        throw NoKey(text, asJson.Reason == Formats.RejectReasons.MalformedJson ? asString : asJson);
    }

    /// <inheritdoc/>
    public override KeyAsJson ParseJson(string json) => Written(Read(json).Key);

    /// <summary>Reads a key as JSON.</summary>
    /// <returns>The key and its stable hash, which is that of the rows of the key.</returns>
    /// <exception cref="StateQueryException">The text is no such key. The message says why.</exception>
    public (TKey Key, ulong Hash) Read(string json) => TryRead(Encoding.UTF8.GetBytes(json), out TKey key, out JsonProblem problem)
        ? (key, HashOf(key))
        : throw NoKey(json, problem);

    private static bool TryRead(byte[] json, out TKey key, out JsonProblem problem)
    {
        if (!JsonFormat<TKey>.Exists)
        {
            throw new StateQueryException(
                $"Keys of type {typeof(TKey).Name} cannot be written as text, since the type has no JSON format: mark it [StreamRecord].");
        }

        return new JsonRowReader<TKey>().TryRead(json, out key, out problem);
    }

    private static KeyAsJson Written(in TKey key)
    {
        System.Buffers.ArrayBufferWriter<byte> json = new();
        using JsonRowWriter<TKey> writer = new();
        writer.Write(json, key);
        return new KeyAsJson(Encoding.UTF8.GetString(json.WrittenSpan), HashOf(key));
    }

    private static ulong HashOf(in TKey key)
    {
        try
        {
            return KeyType<TKey>.Instance.HashOfRow(key);
        }
        catch (NullKeyException)
        {
            throw new StateQueryException("null is no key.");
        }
    }

    private static byte[] Quoted(string text)
    {
        System.Buffers.ArrayBufferWriter<byte> json = new();
        using Utf8JsonWriter writer = new(json);
        writer.WriteStringValue(Encoding.UTF8.GetBytes(text));
        writer.Flush();
        return json.WrittenSpan.ToArray();
    }

    private StateQueryException NoKey(string text, in JsonProblem problem)
    {
        string shown = text.Length <= MaxShown ? text : $"{text[..MaxShown]}…";
        return new StateQueryException($"'{shown}' is no key: {(problem.Member is { Length: > 0 } member ? $"{member} " : "it ")}{problem.Detail}. "
            + $"The keys are {Layout}.");
    }
}
