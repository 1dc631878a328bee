using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Generators.Tests.Records;

/// <summary>Codecs that the compiler generated for the records of this project.</summary>
public sealed class CodecTests
{
    public static Everything Full { get; } = new()
    {
        Bool = true,
        SByte = -1,
        Short = -300,
        Int = int.MinValue,
        Long = long.MaxValue,
        Byte = 200,
        UShort = 60_000,
        UInt = uint.MaxValue,
        ULong = ulong.MaxValue,
        Char = 'ễ',
        Float = 0.1f,
        Double = -0.5,
        Decimal = 1.10m,
        String = "Sinh viên",
        Text = Text.From("năm nhất"),
        Bytes = [1, 2, 255],
        Guid = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        DateTime = new DateTime(2025, 12, 9, 11, 30, 0, DateTimeKind.Utc),
        DateTimeOffset = new DateTimeOffset(2025, 12, 9, 11, 30, 0, 120, TimeSpan.FromHours(7)),
        DateOnly = new DateOnly(2025, 12, 9),
        TimeOnly = new TimeOnly(11, 30, 1, 5),
        TimeSpan = TimeSpan.FromMilliseconds(-123456789),
        EventTime = new EventTime(1_765_279_800_000),
        Color = Color.Blue,
        MaybeInt = 7,
        MaybeColor = Color.DarkRed,
        Pair = (1, Text.From("a")),
        Array = [1, -1],
        List = ["a", null, "\"<&>"],
        Points = [new Point(1, 2), new Point(3, 4)],
        Immutable = [1, null],
        Set = ["x", "y"],
        Customers = new Dictionary<string, Customer?> { ["one"] = new(Text.From("c-1"), "Lan"), ["none"] = null },
        Colors = new Dictionary<Color, int> { [Color.DarkRed] = 1, [Color.Blue] = 2, [(Color)77] = 3 },
        Names = new Dictionary<Point, string> { [new Point(1, 1)] = "one" },
        MaybePoint = new Point(5, 6),
        Customer = new Customer(Text.From("c-2")),
        Nested = new Outer<int>.Inner<string>(1, "b", new Pair<string?, int>("c", 2)),
    };

    [Fact]
    public void A_record_with_every_type_survives_a_round_trip()
    {
        Everything read = RoundTrip(Full);
        Assert.Equivalent(Full, read, strict: true);
        Assert.Equal(Write(Full), Write(read));
        Assert.Equal(Full.Text, read.Text);
        Assert.True(Full.DateTimeOffset.EqualsExact(read.DateTimeOffset));
    }

    [Fact]
    public void A_record_of_default_values_survives_a_round_trip() => Assert.Equal(Write(new Everything()), Write(RoundTrip(new Everything())));

    [Fact]
    public void A_null_class_survives_a_round_trip()
    {
        Assert.Null(RoundTrip<Everything?>(null));
        Assert.Equal([0], Write<Customer?>(null));
    }

    [Fact]
    public void All_shapes_survive_a_round_trip()
    {
        Assert.Equal(new Point(1, 2), RoundTrip(new Point(1, 2)));
        Assert.Equal(new Customer(Text.From("a"), "b", 1), RoundTrip(new Customer(Text.From("a"), "b", 1)));
        Assert.Equal((5, 1.5), (RoundTrip(new Measured { @long = 5, Value = 1.5 }).@long, RoundTrip(new Measured { @long = 5, Value = 1.5 }).Value));
        Assert.Equal(new Pair<Point, string>(new Point(1, 2), "a"), RoundTrip(new Pair<Point, string>(new Point(1, 2), "a")));
        Assert.Equal(new Empty(), RoundTrip(new Empty()));
        Assert.Equal(2, RoundTrip(new Holder([default, default], null)).Empties.Count);
        Assert.Equal(new Hidden(1), RoundTrip(new Hidden(1)));
        Assert.Equal((new Shadow(1), new SHADOW(2)), RoundTrip((new Shadow(1), new SHADOW(2))));

        Account account = RoundTrip(new Account("a", 3) { Owner = Text.From("o"), Note = "n", Version = 9 });
        Assert.Equal(("a", 3, "o", "n", 9), (account.Id, account.Level, account.Owner.ToString(), account.Note, account.Version));
    }

    [Fact]
    public void The_layout_names_the_members_and_says_which_may_be_missing()
    {
        Assert.Equal("Point { X: int32, Y: int32 }", Codec<Point>.Instance.Schema.ToString());
        Assert.Equal("Account { Version: int64, Note: text, Id: text, Level: int32, Owner: text }?", Codec<Account>.Instance.Schema.ToString());
        Assert.Equal("Measured { long: int64, Value: double }", Codec<Measured>.Instance.Schema.ToString());
        Assert.Equal("Pair { First: text, Second: int32 }?", Codec<Pair<string, int>>.Instance.Schema.ToString());
    }

    [Fact]
    public void The_bytes_of_records_are_frozen()
    {
        Assert.Equal("0204", Convert.ToHexString(Write(new Point(1, 2))));
        Assert.Equal(
            "010261026206000000000000F83F020A000000000000000000000000000200" + "63" + "010E",
            Convert.ToHexString(Write(new Customer(Text.From("a"), "b"))));
    }

    [Fact]
    public void A_value_of_a_derived_class_is_refused()
    {
        JobDefinitionException refusal = Assert.Throws<JobDefinitionException>(() => Write<Account>(new DerivedAccount()));
        Assert.Contains("DerivedAccount", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_bytes_are_damaged()
    {
        byte[] bytes = Write(Full);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<CodecException>(() => Codec<Everything>.Instance.Read(new CodecReader(bytes, 0, length)));
        }
    }

    [Fact]
    public void A_type_argument_without_a_codec_is_refused_by_name()
    {
        JobDefinitionException refusal = Assert.Throws<JobDefinitionException>(Codec<Pair<Version, int>>.Check);
        Assert.Contains("because System.Version has none", refusal.Message, StringComparison.Ordinal);
        Codec<Pair<int?, Point>>.Check();
    }

    [Fact]
    public void A_record_whose_members_are_keys_is_one_with_the_hash_of_a_tuple_of_them()
    {
        KeyType<OrderKey>.Check();
        OrderKey key = new(Text.From("shop"), 7, null, new Point(1, 2));
        Assert.Equal(
            KeyType<(Text, int, DateTimeOffset?, (int, int))>.Instance.Hash((key.Shop, 7, null, (1, 2))), KeyType<OrderKey>.Instance.Hash(key));
        Assert.True(KeyType<OrderKey>.Instance.AreEqual(key, key with { Shop = Text.From("shop") }));
        Assert.False(KeyType<OrderKey>.Instance.AreEqual(key, key with { Place = new Point(1, 3) }));
        Assert.Equal(4, KeyType<OrderKey>.Instance.PayloadBytes(key));
        Assert.Throws<JobDefinitionException>(KeyType<Everything>.Check);
        Assert.Throws<JobDefinitionException>(KeyType<Pair<int, int[]>>.Check);
        KeyType<Pair<int, string>>.Check();
    }

    [Fact]
    public void Records_as_keys_are_equal_if_people_consider_them_equal()
    {
        KeyType<Doubles> type = KeyType<Doubles>.Instance;
        Assert.True(type.AreEqual(new Doubles(-0.0, 1.0m), new Doubles(0.0, 1.00m)));
        Assert.Equal(type.Hash(new Doubles(-0.0, 1.0m)), type.Hash(new Doubles(0.0, 1.00m)));
    }

    [Fact]
    public void A_kept_key_owns_its_texts()
    {
        CodecWriter writer = new();
        Codec<ClassKey>.Instance.Write(writer, new ClassKey("n", Text.From("abc")));
        byte[] bytes = writer.Written.ToArray();
        ClassKey borrowed = Codec<ClassKey>.Instance.Read(new CodecReader(bytes));
        ClassKey kept = KeyType<ClassKey>.Instance.Keep(borrowed, new TextArena());
        bytes.AsSpan().Clear();
        Assert.Equal("abc", kept.Id.ToString());
    }

    [Fact]
    public void A_null_class_is_not_a_key_but_can_be_a_part_of_one()
    {
        Assert.Throws<NullKeyException>(() => KeyType<ClassKey>.Instance.HashOfRow(null!));
        Assert.Equal(StableHash.OfNull, KeyType<ClassKey>.Instance.Hash(null!));
        Assert.True(KeyType<(ClassKey?, int)>.Instance.AreEqual((null, 1), (null, 1)));
        Assert.False(KeyType<(ClassKey?, int)>.Instance.AreEqual((null, 1), (new ClassKey(null, default), 1)));
    }

    private static byte[] Write<T>(T value)
    {
        CodecWriter writer = new();
        Codec<T>.Instance.Write(writer, value);
        return writer.Written.ToArray();
    }

    private static T RoundTrip<T>(T value)
    {
        CodecReader reader = new(Write(value));
        T read = Codec<T>.Instance.Read(reader);
        Assert.Equal(0, reader.Remaining);
        return read;
    }
}
