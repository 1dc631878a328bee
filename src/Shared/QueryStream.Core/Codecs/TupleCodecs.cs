namespace QueryStream.Core.Codecs;

internal sealed class TupleCodec<T1> : Codec<ValueTuple<T1>>
{
    private static readonly Codec<T1> First = Codec<T1>.Instance;

    public override Schema Schema { get; } = TupleSchema.Of(First.Schema);

    public override void Write(CodecWriter writer, in ValueTuple<T1> value)
    {
        First.Write(writer, value.Item1);
    }

    public override ValueTuple<T1> Read(CodecReader reader) => new(First.Read(reader));

    public override Decoder<ValueTuple<T1>> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : new Evolved(new RecordEvolution(typeof(ValueTuple<T1>), written, Schema));

    private sealed class Evolved(RecordEvolution evolution) : Decoder<ValueTuple<T1>>
    {
        private readonly Decoder<T1>? _first = evolution.DecoderOf<T1>(0);

        public override ValueTuple<T1> Read(CodecReader reader)
        {
            ValueTuple<T1> value = default;
            foreach (RecordStep step in evolution.Steps)
            {
                switch (step.Member)
                {
                    case 0:
                        value.Item1 = _first!.Read(reader);
                        break;
                    default:
                        step.Skip(reader);
                        break;
                }
            }

            return value;
        }
    }
}

internal sealed class TupleCodec<T1, T2> : Codec<(T1, T2)>
{
    private static readonly Codec<T1> First = Codec<T1>.Instance;
    private static readonly Codec<T2> Second = Codec<T2>.Instance;

    public override Schema Schema { get; } = TupleSchema.Of(First.Schema, Second.Schema);

    public override void Write(CodecWriter writer, in (T1, T2) value)
    {
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
    }

    public override (T1, T2) Read(CodecReader reader) => (First.Read(reader), Second.Read(reader));

    public override Decoder<(T1, T2)> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : new Evolved(new RecordEvolution(typeof((T1, T2)), written, Schema));

    private sealed class Evolved(RecordEvolution evolution) : Decoder<(T1, T2)>
    {
        private readonly Decoder<T1>? _first = evolution.DecoderOf<T1>(0);
        private readonly Decoder<T2>? _second = evolution.DecoderOf<T2>(1);

        public override (T1, T2) Read(CodecReader reader)
        {
            (T1, T2) value = default;
            foreach (RecordStep step in evolution.Steps)
            {
                switch (step.Member)
                {
                    case 0:
                        value.Item1 = _first!.Read(reader);
                        break;
                    case 1:
                        value.Item2 = _second!.Read(reader);
                        break;
                    default:
                        step.Skip(reader);
                        break;
                }
            }

            return value;
        }
    }
}

internal sealed class TupleCodec<T1, T2, T3> : Codec<(T1, T2, T3)>
{
    private static readonly Codec<T1> First = Codec<T1>.Instance;
    private static readonly Codec<T2> Second = Codec<T2>.Instance;
    private static readonly Codec<T3> Third = Codec<T3>.Instance;

    public override Schema Schema { get; } = TupleSchema.Of(First.Schema, Second.Schema, Third.Schema);

    public override void Write(CodecWriter writer, in (T1, T2, T3) value)
    {
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
    }

    public override (T1, T2, T3) Read(CodecReader reader) => (First.Read(reader), Second.Read(reader), Third.Read(reader));

    public override Decoder<(T1, T2, T3)> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : new Evolved(new RecordEvolution(typeof((T1, T2, T3)), written, Schema));

    private sealed class Evolved(RecordEvolution evolution) : Decoder<(T1, T2, T3)>
    {
        private readonly Decoder<T1>? _first = evolution.DecoderOf<T1>(0);
        private readonly Decoder<T2>? _second = evolution.DecoderOf<T2>(1);
        private readonly Decoder<T3>? _third = evolution.DecoderOf<T3>(2);

        public override (T1, T2, T3) Read(CodecReader reader)
        {
            (T1, T2, T3) value = default;
            foreach (RecordStep step in evolution.Steps)
            {
                switch (step.Member)
                {
                    case 0:
                        value.Item1 = _first!.Read(reader);
                        break;
                    case 1:
                        value.Item2 = _second!.Read(reader);
                        break;
                    case 2:
                        value.Item3 = _third!.Read(reader);
                        break;
                    default:
                        step.Skip(reader);
                        break;
                }
            }

            return value;
        }
    }
}

internal sealed class TupleCodec<T1, T2, T3, T4> : Codec<(T1, T2, T3, T4)>
{
    private static readonly Codec<T1> First = Codec<T1>.Instance;
    private static readonly Codec<T2> Second = Codec<T2>.Instance;
    private static readonly Codec<T3> Third = Codec<T3>.Instance;
    private static readonly Codec<T4> Fourth = Codec<T4>.Instance;

    public override Schema Schema { get; } = TupleSchema.Of(First.Schema, Second.Schema, Third.Schema, Fourth.Schema);

    public override void Write(CodecWriter writer, in (T1, T2, T3, T4) value)
    {
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        Fourth.Write(writer, value.Item4);
    }

    public override (T1, T2, T3, T4) Read(CodecReader reader) => (First.Read(reader), Second.Read(reader), Third.Read(reader), Fourth.Read(reader));

    public override Decoder<(T1, T2, T3, T4)> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : new Evolved(new RecordEvolution(typeof((T1, T2, T3, T4)), written, Schema));

    private sealed class Evolved(RecordEvolution evolution) : Decoder<(T1, T2, T3, T4)>
    {
        private readonly Decoder<T1>? _first = evolution.DecoderOf<T1>(0);
        private readonly Decoder<T2>? _second = evolution.DecoderOf<T2>(1);
        private readonly Decoder<T3>? _third = evolution.DecoderOf<T3>(2);
        private readonly Decoder<T4>? _fourth = evolution.DecoderOf<T4>(3);

        public override (T1, T2, T3, T4) Read(CodecReader reader)
        {
            (T1, T2, T3, T4) value = default;
            foreach (RecordStep step in evolution.Steps)
            {
                switch (step.Member)
                {
                    case 0:
                        value.Item1 = _first!.Read(reader);
                        break;
                    case 1:
                        value.Item2 = _second!.Read(reader);
                        break;
                    case 2:
                        value.Item3 = _third!.Read(reader);
                        break;
                    case 3:
                        value.Item4 = _fourth!.Read(reader);
                        break;
                    default:
                        step.Skip(reader);
                        break;
                }
            }

            return value;
        }
    }
}

internal sealed class TupleCodec<T1, T2, T3, T4, T5> : Codec<(T1, T2, T3, T4, T5)>
{
    private static readonly Codec<T1> First = Codec<T1>.Instance;
    private static readonly Codec<T2> Second = Codec<T2>.Instance;
    private static readonly Codec<T3> Third = Codec<T3>.Instance;
    private static readonly Codec<T4> Fourth = Codec<T4>.Instance;
    private static readonly Codec<T5> Fifth = Codec<T5>.Instance;

    public override Schema Schema { get; } = TupleSchema.Of(First.Schema, Second.Schema, Third.Schema, Fourth.Schema, Fifth.Schema);

    public override void Write(CodecWriter writer, in (T1, T2, T3, T4, T5) value)
    {
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        Fourth.Write(writer, value.Item4);
        Fifth.Write(writer, value.Item5);
    }

    public override (T1, T2, T3, T4, T5) Read(CodecReader reader) =>
        (First.Read(reader), Second.Read(reader), Third.Read(reader), Fourth.Read(reader), Fifth.Read(reader));

    public override Decoder<(T1, T2, T3, T4, T5)> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : new Evolved(new RecordEvolution(typeof((T1, T2, T3, T4, T5)), written, Schema));

    private sealed class Evolved(RecordEvolution evolution) : Decoder<(T1, T2, T3, T4, T5)>
    {
        private readonly Decoder<T1>? _first = evolution.DecoderOf<T1>(0);
        private readonly Decoder<T2>? _second = evolution.DecoderOf<T2>(1);
        private readonly Decoder<T3>? _third = evolution.DecoderOf<T3>(2);
        private readonly Decoder<T4>? _fourth = evolution.DecoderOf<T4>(3);
        private readonly Decoder<T5>? _fifth = evolution.DecoderOf<T5>(4);

        public override (T1, T2, T3, T4, T5) Read(CodecReader reader)
        {
            (T1, T2, T3, T4, T5) value = default;
            foreach (RecordStep step in evolution.Steps)
            {
                switch (step.Member)
                {
                    case 0:
                        value.Item1 = _first!.Read(reader);
                        break;
                    case 1:
                        value.Item2 = _second!.Read(reader);
                        break;
                    case 2:
                        value.Item3 = _third!.Read(reader);
                        break;
                    case 3:
                        value.Item4 = _fourth!.Read(reader);
                        break;
                    case 4:
                        value.Item5 = _fifth!.Read(reader);
                        break;
                    default:
                        step.Skip(reader);
                        break;
                }
            }

            return value;
        }
    }
}

internal sealed class TupleCodec<T1, T2, T3, T4, T5, T6> : Codec<(T1, T2, T3, T4, T5, T6)>
{
    private static readonly Codec<T1> First = Codec<T1>.Instance;
    private static readonly Codec<T2> Second = Codec<T2>.Instance;
    private static readonly Codec<T3> Third = Codec<T3>.Instance;
    private static readonly Codec<T4> Fourth = Codec<T4>.Instance;
    private static readonly Codec<T5> Fifth = Codec<T5>.Instance;
    private static readonly Codec<T6> Sixth = Codec<T6>.Instance;

    public override Schema Schema { get; } = TupleSchema.Of(First.Schema, Second.Schema, Third.Schema, Fourth.Schema, Fifth.Schema, Sixth.Schema);

    public override void Write(CodecWriter writer, in (T1, T2, T3, T4, T5, T6) value)
    {
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        Fourth.Write(writer, value.Item4);
        Fifth.Write(writer, value.Item5);
        Sixth.Write(writer, value.Item6);
    }

    public override (T1, T2, T3, T4, T5, T6) Read(CodecReader reader) =>
        (First.Read(reader), Second.Read(reader), Third.Read(reader), Fourth.Read(reader), Fifth.Read(reader), Sixth.Read(reader));

    public override Decoder<(T1, T2, T3, T4, T5, T6)> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : new Evolved(new RecordEvolution(typeof((T1, T2, T3, T4, T5, T6)), written, Schema));

    private sealed class Evolved(RecordEvolution evolution) : Decoder<(T1, T2, T3, T4, T5, T6)>
    {
        private readonly Decoder<T1>? _first = evolution.DecoderOf<T1>(0);
        private readonly Decoder<T2>? _second = evolution.DecoderOf<T2>(1);
        private readonly Decoder<T3>? _third = evolution.DecoderOf<T3>(2);
        private readonly Decoder<T4>? _fourth = evolution.DecoderOf<T4>(3);
        private readonly Decoder<T5>? _fifth = evolution.DecoderOf<T5>(4);
        private readonly Decoder<T6>? _sixth = evolution.DecoderOf<T6>(5);

        public override (T1, T2, T3, T4, T5, T6) Read(CodecReader reader)
        {
            (T1, T2, T3, T4, T5, T6) value = default;
            foreach (RecordStep step in evolution.Steps)
            {
                switch (step.Member)
                {
                    case 0:
                        value.Item1 = _first!.Read(reader);
                        break;
                    case 1:
                        value.Item2 = _second!.Read(reader);
                        break;
                    case 2:
                        value.Item3 = _third!.Read(reader);
                        break;
                    case 3:
                        value.Item4 = _fourth!.Read(reader);
                        break;
                    case 4:
                        value.Item5 = _fifth!.Read(reader);
                        break;
                    case 5:
                        value.Item6 = _sixth!.Read(reader);
                        break;
                    default:
                        step.Skip(reader);
                        break;
                }
            }

            return value;
        }
    }
}

internal sealed class TupleCodec<T1, T2, T3, T4, T5, T6, T7> : Codec<(T1, T2, T3, T4, T5, T6, T7)>
{
    private static readonly Codec<T1> First = Codec<T1>.Instance;
    private static readonly Codec<T2> Second = Codec<T2>.Instance;
    private static readonly Codec<T3> Third = Codec<T3>.Instance;
    private static readonly Codec<T4> Fourth = Codec<T4>.Instance;
    private static readonly Codec<T5> Fifth = Codec<T5>.Instance;
    private static readonly Codec<T6> Sixth = Codec<T6>.Instance;
    private static readonly Codec<T7> Seventh = Codec<T7>.Instance;

    public override Schema Schema { get; } = TupleSchema.Of(
        First.Schema, Second.Schema, Third.Schema, Fourth.Schema, Fifth.Schema, Sixth.Schema, Seventh.Schema);

    public override void Write(CodecWriter writer, in (T1, T2, T3, T4, T5, T6, T7) value)
    {
        First.Write(writer, value.Item1);
        Second.Write(writer, value.Item2);
        Third.Write(writer, value.Item3);
        Fourth.Write(writer, value.Item4);
        Fifth.Write(writer, value.Item5);
        Sixth.Write(writer, value.Item6);
        Seventh.Write(writer, value.Item7);
    }

    public override (T1, T2, T3, T4, T5, T6, T7) Read(CodecReader reader) =>
        (First.Read(reader), Second.Read(reader), Third.Read(reader), Fourth.Read(reader), Fifth.Read(reader), Sixth.Read(reader),
            Seventh.Read(reader));

    public override Decoder<(T1, T2, T3, T4, T5, T6, T7)> DecoderOf(Schema written) =>
        written.Equals(Schema) ? this : new Evolved(new RecordEvolution(typeof((T1, T2, T3, T4, T5, T6, T7)), written, Schema));

    private sealed class Evolved(RecordEvolution evolution) : Decoder<(T1, T2, T3, T4, T5, T6, T7)>
    {
        private readonly Decoder<T1>? _first = evolution.DecoderOf<T1>(0);
        private readonly Decoder<T2>? _second = evolution.DecoderOf<T2>(1);
        private readonly Decoder<T3>? _third = evolution.DecoderOf<T3>(2);
        private readonly Decoder<T4>? _fourth = evolution.DecoderOf<T4>(3);
        private readonly Decoder<T5>? _fifth = evolution.DecoderOf<T5>(4);
        private readonly Decoder<T6>? _sixth = evolution.DecoderOf<T6>(5);
        private readonly Decoder<T7>? _seventh = evolution.DecoderOf<T7>(6);

        public override (T1, T2, T3, T4, T5, T6, T7) Read(CodecReader reader)
        {
            (T1, T2, T3, T4, T5, T6, T7) value = default;
            foreach (RecordStep step in evolution.Steps)
            {
                switch (step.Member)
                {
                    case 0:
                        value.Item1 = _first!.Read(reader);
                        break;
                    case 1:
                        value.Item2 = _second!.Read(reader);
                        break;
                    case 2:
                        value.Item3 = _third!.Read(reader);
                        break;
                    case 3:
                        value.Item4 = _fourth!.Read(reader);
                        break;
                    case 4:
                        value.Item5 = _fifth!.Read(reader);
                        break;
                    case 5:
                        value.Item6 = _sixth!.Read(reader);
                        break;
                    case 6:
                        value.Item7 = _seventh!.Read(reader);
                        break;
                    default:
                        step.Skip(reader);
                        break;
                }
            }

            return value;
        }
    }
}

/// <summary>Tuples are records with members Item1, Item2 and so on, so that items can be added or removed at the end.</summary>
internal static class TupleSchema
{
    public static Schema Of(params ReadOnlySpan<Schema> items)
    {
        SchemaMember[] members = new SchemaMember[items.Length];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = new SchemaMember($"Item{i + 1}", items[i]);
        }

        return Schema.Record("tuple", members);
    }
}
