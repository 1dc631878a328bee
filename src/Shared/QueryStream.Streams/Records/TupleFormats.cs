using System.Text.Json;

namespace QueryStream.Streams.Records;

internal sealed class TupleFormat<T1> : JsonFormat<ValueTuple<T1>>
{
    private static readonly JsonFormat<T1> First = JsonFormat<T1>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out ValueTuple<T1> value)
    {
        value = default;
        return JsonTuples.TryBegin(ref reader, input)
            && JsonTuples.TryItem(ref reader, input, 0, First, out value.Item1)
            && JsonTuples.TryEnd(ref reader, input);
    }

    public override void Write(Utf8JsonWriter writer, in ValueTuple<T1> value)
    {
        writer.WriteStartArray();
        First.Write(writer, value.Item1);
        writer.WriteEndArray();
    }
}

internal sealed class TupleFormat<T1, T2> : JsonFormat<(T1, T2)>
{
    private static readonly JsonFormat<T1> First = JsonFormat<T1>.Instance;
    private static readonly JsonFormat<T2> Second = JsonFormat<T2>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out (T1, T2) value)
    {
        value = default;
        return JsonTuples.TryBegin(ref reader, input)
            && JsonTuples.TryItem(ref reader, input, 0, First, out value.Item1)
            && JsonTuples.TryItem(ref reader, input, 1, Second, out value.Item2)
            && JsonTuples.TryEnd(ref reader, input);
    }

    public override void Write(Utf8JsonWriter writer, in (T1, T2) value)
    {
        writer.WriteStartArray();
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        writer.WriteEndArray();
    }
}

internal sealed class TupleFormat<T1, T2, T3> : JsonFormat<(T1, T2, T3)>
{
    private static readonly JsonFormat<T1> First = JsonFormat<T1>.Instance;
    private static readonly JsonFormat<T2> Second = JsonFormat<T2>.Instance;
    private static readonly JsonFormat<T3> Third = JsonFormat<T3>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out (T1, T2, T3) value)
    {
        value = default;
        return JsonTuples.TryBegin(ref reader, input)
            && JsonTuples.TryItem(ref reader, input, 0, First, out value.Item1)
            && JsonTuples.TryItem(ref reader, input, 1, Second, out value.Item2)
            && JsonTuples.TryItem(ref reader, input, 2, Third, out value.Item3)
            && JsonTuples.TryEnd(ref reader, input);
    }

    public override void Write(Utf8JsonWriter writer, in (T1, T2, T3) value)
    {
        writer.WriteStartArray();
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        writer.WriteEndArray();
    }
}

internal sealed class TupleFormat<T1, T2, T3, T4> : JsonFormat<(T1, T2, T3, T4)>
{
    private static readonly JsonFormat<T1> First = JsonFormat<T1>.Instance;
    private static readonly JsonFormat<T2> Second = JsonFormat<T2>.Instance;
    private static readonly JsonFormat<T3> Third = JsonFormat<T3>.Instance;
    private static readonly JsonFormat<T4> Fourth = JsonFormat<T4>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out (T1, T2, T3, T4) value)
    {
        value = default;
        return JsonTuples.TryBegin(ref reader, input)
            && JsonTuples.TryItem(ref reader, input, 0, First, out value.Item1)
            && JsonTuples.TryItem(ref reader, input, 1, Second, out value.Item2)
            && JsonTuples.TryItem(ref reader, input, 2, Third, out value.Item3)
            && JsonTuples.TryItem(ref reader, input, 3, Fourth, out value.Item4)
            && JsonTuples.TryEnd(ref reader, input);
    }

    public override void Write(Utf8JsonWriter writer, in (T1, T2, T3, T4) value)
    {
        writer.WriteStartArray();
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        Fourth.Write(writer, value.Item4);
        writer.WriteEndArray();
    }
}

internal sealed class TupleFormat<T1, T2, T3, T4, T5> : JsonFormat<(T1, T2, T3, T4, T5)>
{
    private static readonly JsonFormat<T1> First = JsonFormat<T1>.Instance;
    private static readonly JsonFormat<T2> Second = JsonFormat<T2>.Instance;
    private static readonly JsonFormat<T3> Third = JsonFormat<T3>.Instance;
    private static readonly JsonFormat<T4> Fourth = JsonFormat<T4>.Instance;
    private static readonly JsonFormat<T5> Fifth = JsonFormat<T5>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out (T1, T2, T3, T4, T5) value)
    {
        value = default;
        return JsonTuples.TryBegin(ref reader, input)
            && JsonTuples.TryItem(ref reader, input, 0, First, out value.Item1)
            && JsonTuples.TryItem(ref reader, input, 1, Second, out value.Item2)
            && JsonTuples.TryItem(ref reader, input, 2, Third, out value.Item3)
            && JsonTuples.TryItem(ref reader, input, 3, Fourth, out value.Item4)
            && JsonTuples.TryItem(ref reader, input, 4, Fifth, out value.Item5)
            && JsonTuples.TryEnd(ref reader, input);
    }

    public override void Write(Utf8JsonWriter writer, in (T1, T2, T3, T4, T5) value)
    {
        writer.WriteStartArray();
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        Fourth.Write(writer, value.Item4);
        Fifth.Write(writer, value.Item5);
        writer.WriteEndArray();
    }
}

internal sealed class TupleFormat<T1, T2, T3, T4, T5, T6> : JsonFormat<(T1, T2, T3, T4, T5, T6)>
{
    private static readonly JsonFormat<T1> First = JsonFormat<T1>.Instance;
    private static readonly JsonFormat<T2> Second = JsonFormat<T2>.Instance;
    private static readonly JsonFormat<T3> Third = JsonFormat<T3>.Instance;
    private static readonly JsonFormat<T4> Fourth = JsonFormat<T4>.Instance;
    private static readonly JsonFormat<T5> Fifth = JsonFormat<T5>.Instance;
    private static readonly JsonFormat<T6> Sixth = JsonFormat<T6>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out (T1, T2, T3, T4, T5, T6) value)
    {
        value = default;
        return JsonTuples.TryBegin(ref reader, input)
            && JsonTuples.TryItem(ref reader, input, 0, First, out value.Item1)
            && JsonTuples.TryItem(ref reader, input, 1, Second, out value.Item2)
            && JsonTuples.TryItem(ref reader, input, 2, Third, out value.Item3)
            && JsonTuples.TryItem(ref reader, input, 3, Fourth, out value.Item4)
            && JsonTuples.TryItem(ref reader, input, 4, Fifth, out value.Item5)
            && JsonTuples.TryItem(ref reader, input, 5, Sixth, out value.Item6)
            && JsonTuples.TryEnd(ref reader, input);
    }

    public override void Write(Utf8JsonWriter writer, in (T1, T2, T3, T4, T5, T6) value)
    {
        writer.WriteStartArray();
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        Fourth.Write(writer, value.Item4);
        Fifth.Write(writer, value.Item5);
        Sixth.Write(writer, value.Item6);
        writer.WriteEndArray();
    }
}

internal sealed class TupleFormat<T1, T2, T3, T4, T5, T6, T7> : JsonFormat<(T1, T2, T3, T4, T5, T6, T7)>
{
    private static readonly JsonFormat<T1> First = JsonFormat<T1>.Instance;
    private static readonly JsonFormat<T2> Second = JsonFormat<T2>.Instance;
    private static readonly JsonFormat<T3> Third = JsonFormat<T3>.Instance;
    private static readonly JsonFormat<T4> Fourth = JsonFormat<T4>.Instance;
    private static readonly JsonFormat<T5> Fifth = JsonFormat<T5>.Instance;
    private static readonly JsonFormat<T6> Sixth = JsonFormat<T6>.Instance;
    private static readonly JsonFormat<T7> Seventh = JsonFormat<T7>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out (T1, T2, T3, T4, T5, T6, T7) value)
    {
        value = default;
        return JsonTuples.TryBegin(ref reader, input)
            && JsonTuples.TryItem(ref reader, input, 0, First, out value.Item1)
            && JsonTuples.TryItem(ref reader, input, 1, Second, out value.Item2)
            && JsonTuples.TryItem(ref reader, input, 2, Third, out value.Item3)
            && JsonTuples.TryItem(ref reader, input, 3, Fourth, out value.Item4)
            && JsonTuples.TryItem(ref reader, input, 4, Fifth, out value.Item5)
            && JsonTuples.TryItem(ref reader, input, 5, Sixth, out value.Item6)
            && JsonTuples.TryItem(ref reader, input, 6, Seventh, out value.Item7)
            && JsonTuples.TryEnd(ref reader, input);
    }

    public override void Write(Utf8JsonWriter writer, in (T1, T2, T3, T4, T5, T6, T7) value)
    {
        writer.WriteStartArray();
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        Fourth.Write(writer, value.Item4);
        Fifth.Write(writer, value.Item5);
        Sixth.Write(writer, value.Item6);
        Seventh.Write(writer, value.Item7);
        writer.WriteEndArray();
    }
}

/// <summary>Tuples are lists with a fixed number of items.</summary>
internal static class JsonTuples
{
    public static bool TryBegin(ref Utf8JsonReader reader, JsonInput input) =>
        reader.TokenType == JsonTokenType.StartArray || input.Refuse(ref reader, "a list");

    public static bool TryItem<T>(ref Utf8JsonReader reader, JsonInput input, int index, JsonFormat<T> format, out T item)
    {
        reader.Read();
        item = default!;
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            input.Missing(ref reader, "");
            return input.InElement(index);
        }

        return format.TryRead(ref reader, input, out item) || input.InElement(index);
    }

    public static bool TryEnd(ref Utf8JsonReader reader, JsonInput input)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray || input.Refuse(ref reader, "the end of the list");
    }
}
