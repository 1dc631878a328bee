using System.Buffers;
using System.Text;
using System.Text.Json;
using QueryStream.Streams.Connectors;

namespace QueryStream.Streams.Tests.Connectors;

public sealed class DeadLetterJsonTests
{
    [Fact]
    public void Text_stays_text() => Assert.Equal("điểm \"thi\"\n", Write(Encoding.UTF8.GetBytes("điểm \"thi\"\n")).GetProperty("value").GetString());

    [Fact]
    public void A_letter_keeps_its_place_and_reason()
    {
        JsonElement json = Write([]);

        Assert.Equal(
            ("queries", 3, 42L),
            (json.GetProperty("topic").GetString()!, json.GetProperty("partition").GetInt32(), json.GetProperty("offset").GetInt64()));
        Assert.Equal(("malformed-json", "at 5"), (json.GetProperty("reason").GetString()!, json.GetProperty("detail").GetString()!));
        Assert.Equal("", json.GetProperty("value").GetString());
    }

    [Fact]
    public void A_missing_value_is_null() => Assert.Equal(JsonValueKind.Null, Write(null).GetProperty("value").ValueKind);

    [Fact]
    public void What_is_no_text_is_base64()
    {
        byte[] value = [0x7b, 0xff, 0x00];
        JsonElement json = Write(value);

        Assert.Equal(value, json.GetProperty("value_base64").GetBytesFromBase64());
        Assert.False(json.TryGetProperty("value", out _));
    }

    // "ế" has three bytes: tests each position at which it can be truncated.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Text_that_was_truncated_inside_of_a_character_is_text(int before)
    {
        byte[] value = Encoding.UTF8.GetBytes(new string('x', before) + new string('ế', DeadLetter.MaxValueBytes))[..DeadLetter.MaxValueBytes];

        string? text = Write(value).GetProperty("value").GetString();

        Assert.EndsWith("ế", text, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(text!), DeadLetter.MaxValueBytes - 2, DeadLetter.MaxValueBytes);
    }

    private static JsonElement Write(byte[]? value)
    {
        ArrayBufferWriter<byte> output = new();
        DeadLetterJson.Write(new DeadLetter("queries", 3, 42, "malformed-json", "at 5", value), output);
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }
}
