using FsCheck;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Core.Tests.Codecs;

/// <summary>The frozen hashes of keys. A failing vector means that state of older versions is not found: fix the code, never the vector.</summary>
public sealed class FrozenKeyHashTests
{
    private static readonly DateTime Noon = new(2025, 12, 9, 11, 30, 0, DateTimeKind.Unspecified);

    private static readonly Dictionary<string, ulong> Hashes = new()
    {
        ["text missing"] = HashOf(default(Text)),
        ["text empty"] = HashOf(Text.Empty),
        ["text Vietnamese"] = HashOf(Text.From("Sinh viên năm nhất")),
        ["string Vietnamese"] = HashOf("Sinh viên năm nhất"),
        ["string pair"] = HashOf("a\uD83D\uDE00b"),
        ["string half a pair"] = HashOf("a\uD83Db"),
        ["unit"] = HashOf(default(Unit)),
        ["bool"] = HashOf(true),
        ["sbyte"] = HashOf((sbyte)-5),
        ["short"] = HashOf((short)-5),
        ["int"] = HashOf(-5),
        ["long"] = HashOf(-5L),
        ["byte"] = HashOf((byte)200),
        ["ushort"] = HashOf((ushort)200),
        ["uint"] = HashOf(uint.MaxValue),
        ["ulong"] = HashOf(ulong.MaxValue),
        ["char"] = HashOf('\uD83D'),
        ["float 0.5"] = HashOf(0.5f),
        ["float -0.0"] = HashOf(-0.0f),
        ["float NaN"] = HashOf(float.NaN),
        ["double 0.5"] = HashOf(0.5),
        ["double 0.1"] = HashOf(0.1),
        ["double 0.0"] = HashOf(0.0),
        ["double -0.0"] = HashOf(-0.0),
        ["double NaN"] = HashOf(double.NaN),
        ["double NaN with a payload"] = HashOf(BitConverter.UInt64BitsToDouble(0x7FF8000000000123)),
        ["decimal 0.00"] = HashOf(0.00m),
        ["decimal -0.0"] = HashOf(new decimal(0, 0, 0, true, 1)),
        ["decimal 1"] = HashOf(1m),
        ["decimal 1.00"] = HashOf(1.00m),
        ["decimal -1.5"] = HashOf(-1.5m),
        ["decimal 100"] = HashOf(100m),
        ["decimal most"] = HashOf(decimal.MaxValue),
        ["guid"] = HashOf(new Guid("00112233-4455-6677-8899-aabbccddeeff")),
        ["event time"] = HashOf(new EventTime(1_765_279_800_000)),
        ["date and time"] = HashOf(Noon),
        ["date and time UTC"] = HashOf(DateTime.SpecifyKind(Noon, DateTimeKind.Utc)),
        ["with offset +07:00"] = HashOf(new DateTimeOffset(Noon, TimeSpan.FromHours(7))),
        ["with offset, the same instant"] = HashOf(new DateTimeOffset(Noon.AddHours(-7), TimeSpan.Zero)),
        ["duration"] = HashOf(TimeSpan.FromSeconds(1)),
        ["date"] = HashOf(new DateOnly(2025, 12, 9)),
        ["time of day"] = HashOf(new TimeOnly(11, 30)),
        ["enum"] = HashOf(DayOfWeek.Friday),
        ["nullable none"] = HashOf<int?>(null),
        ["nullable"] = HashOf<int?>(7),
        ["tuple of 1"] = HashOf(ValueTuple.Create(1)),
        ["tuple of 2"] = HashOf(("abc", 7)),
        ["tuple of 3"] = HashOf((Text.From("abc"), (int?)2, 7L)),
        ["tuple of 4"] = HashOf((1, 2, 3, 4)),
        ["tuple of 5"] = HashOf((1, 2, 3, 4, 5)),
        ["tuple of 6"] = HashOf((1, 2, 3, 4, 5, 6)),
        ["tuple of 7"] = HashOf((1, 2, 3, 4, 5, 6, 7)),
        ["tuple in a tuple"] = HashOf(((1, 2), 3)),
    };

    public static TheoryData<string> Names => [.. Hashes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_hash_of_a_key_is_frozen(string name) =>
        Assert.Equal(VectorFile.Read("frozen-key-hashes.txt")[name], Hashes[name].ToString("X16", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Every_vector_has_a_key() =>
        Assert.Equal(VectorFile.Read("frozen-key-hashes.txt").Keys.Order(StringComparer.Ordinal), Hashes.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Keys_that_people_consider_equal_are_equal()
    {
        AreOne(0.0, -0.0);
        AreOne(0.0f, -0.0f);
        AreOne(double.NaN, BitConverter.UInt64BitsToDouble(0x7FF8000000000123));
        AreOne(float.NaN, BitConverter.UInt32BitsToSingle(0x7FC00001));
        AreOne(1.0m, 1.00m);
        AreOne(0m, new decimal(0, 0, 0, true, 28));
        AreOne(new DateTimeOffset(Noon, TimeSpan.FromHours(7)), new DateTimeOffset(Noon.AddHours(-7), TimeSpan.Zero));
        AreOne((1.0, 2.0m), (1.0, 2.00m));
        Assert.Equal(HashOf(0.5), HashOf(0.5f));
    }

    [Fact]
    public void Decimals_of_different_scales_hash_alike() =>
        FsCheck.Fluent.Prop.ForAll<decimal, byte>((value, zeros) =>
        {
            decimal same = value;
            for (int i = 0; i < zeros % 28 && decimal.GetBits(same)[3] >> 16 is not 28 && Math.Abs(same) < 1e10m; i++)
            {
                same *= 1.0m;
            }

            return HashOf(same) == HashOf(value) && KeyType<decimal>.Instance.AreEqual(same, value);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_null_reference_as_a_key_has_its_own_error()
    {
        NullKeyException failure = Assert.Throws<NullKeyException>(() => KeyType<string>.Instance.HashOfRow(null!));
        Assert.Equal((ErrorCode.NullKey, ErrorDomain.User), (failure.Code, failure.Domain));
    }

    [Fact]
    public void A_missing_text_and_a_null_number_are_ordinary_keys()
    {
        Assert.Equal(0UL, KeyType<Text>.Instance.HashOfRow(default));
        Assert.Equal(HashOf<int?>(null), KeyType<int?>.Instance.HashOfRow(null));
        Assert.Equal(HashOf<(string?, int)>((null, 1)), KeyType<(string?, int)>.Instance.HashOfRow((null, 1)));
        Assert.Equal(HashOf("abc"), KeyType<string>.Instance.HashOfRow("abc"));
    }

    private static void AreOne<TKey>(TKey a, TKey b)
    {
        Assert.True(KeyType<TKey>.Instance.AreEqual(a, b));
        Assert.Equal(HashOf(a), HashOf(b));
    }

    private static ulong HashOf<TKey>(TKey key) => KeyType<TKey>.Instance.Hash(key);
}
