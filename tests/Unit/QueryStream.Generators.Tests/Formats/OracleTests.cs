using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core;
using QueryStream.Streams.Records;

namespace QueryStream.Generators.Tests.Formats;

/// <summary>Generated formats and System.Text.Json read each other's texts, and reject the same ones.</summary>
public sealed class OracleTests
{
    private static readonly JsonSerializerOptions Camel = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly JsonSerializerOptions Plain = new() { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    [Fact]
    public void Texts_of_SystemTextJson_are_read_alike() =>
        Prop.ForAll<Oracle>(value => AreRead(JsonSerializer.SerializeToUtf8Bytes(value, Camel))).QuickCheckThrowOnFailure();

    [Fact]
    public void Written_rows_are_read_alike_by_both() =>
        Prop.ForAll<Oracle>(value =>
        {
            byte[] json = Write(value);
            Oracle again = JsonSerializer.Deserialize<Oracle>(json, Camel)!;
            return AreRead(json)
                && again.At == value.At
                && again.Double.Equals(value.Double)
                && again.Decimal == value.Decimal
                && again.ULong == value.ULong;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_texts_of_both_are_the_same() =>
        Prop.ForAll<SmallOracle>(value => Encoding.UTF8.GetString(Write(value))
            == JsonSerializer.Serialize(value, new JsonSerializerOptions(Plain)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            })).QuickCheckThrowOnFailure();

    [Fact]
    public void Both_agree_on_which_changed_texts_are_rows()
    {
        SeededRandom random = new(seed: 7);
        JsonRowReader<SmallOracle> reader = new();
        byte[] good = """{"A":12,"B":"x\u0041\"","C":true,"D":1.5e3,"E":[1,-2],"F":{"X":7,"Y":["a",null]},"G":1.10,"H":{"a":[1,{}]}}"""u8.ToArray();
        byte[] alphabet = """{}[]",:.0123456789-+eE\ utrnfalsABCDEFGHXY"""u8.ToArray();
        int rows = 0;
        for (int i = 0; i < 60_000; i++)
        {
            List<byte> json = [.. good];
            for (int changes = random.Next(3); changes >= 0; changes--)
            {
                Change(json, alphabet, random);
            }

            byte[] text = [.. json];
            bool isRow = reader.TryRead(text, out SmallOracle row, out JsonProblem problem);
            SmallOracle? expected = Deserialize(text);
            Assert.True(isRow == expected is not null, $"{Encoding.UTF8.GetString(text)}: {problem}");
            if (isRow)
            {
                rows++;
                Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(row));
            }
            else
            {
                Assert.InRange(problem.Position, 0, text.Length);
                Assert.NotEmpty(problem.Reason);
            }
        }

        Assert.InRange(rows, 1000, 59_000);
    }

    private static void Change(List<byte> json, byte[] alphabet, SeededRandom random)
    {
        int at = random.Next(json.Count);
        switch (random.Next(3))
        {
            case 0:
                json[at] = alphabet[random.Next(alphabet.Length)];
                break;
            case 1:
                json.RemoveAt(at);
                break;
            default:
                json.Insert(at, alphabet[random.Next(alphabet.Length)]);
                break;
        }
    }

    private static SmallOracle? Deserialize(byte[] json)
    {
        try
        {
            SmallOracle? row = JsonSerializer.Deserialize<SmallOracle>(json, Plain);

            // A number beyond the range of a double is infinite there; here it is an error.
            return row?.D is { } number && double.IsInfinity(number) ? null : row;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool AreRead(byte[] json)
    {
        bool isRow = new JsonRowReader<Oracle>().TryRead(json, out Oracle row, out _);
        return isRow && Encoding.UTF8.GetString(Write(row)) == Encoding.UTF8.GetString(Write(JsonSerializer.Deserialize<Oracle>(json, Camel)!));
    }

    private static byte[] Write<T>(T value)
    {
        using JsonRowWriter<T> writer = new();
        ArrayBufferWriter<byte> output = new();
        writer.Write(output, value);
        return output.WrittenSpan.ToArray();
    }
}
