using System.Buffers;
using System.Text;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Tests;

[StreamRecord]
public sealed record Place(int Id, string Name, Text City, string? Note);

public sealed class CsvTests : FileRig
{
    private static readonly Order Full = new(
        7,
        "Ann \"the\" Lee, Ltd",
        Text.From("two\r\nlines"),
        1.50m,
        -2.5e-3,
        true,
        OrderStatus.Sent,
        new DateTimeOffset(2025, 12, 9, 11, 30, 0, TimeSpan.FromHours(7)),
        new EventTime(5),
        [1, 2]);

    [Fact]
    public async Task What_was_written_is_read_again()
    {
        Order empty = new(0, null, null, null, double.NaN, false, OrderStatus.Open, default, default, null);
        Order blank = empty with { Customer = "", Note = Text.From(""), Weight = 0, Status = (OrderStatus)9 };

        string written = Written(new CsvRecordFormat<Order>(), Full, empty, blank);
        (IReadOnlyList<Order> rows, IReadOnlyList<string> problems) = await ReadAsync(new CsvRecordFormat<Order>(), written);

        Assert.Empty(problems);
        Assert.Equivalent(new[] { Full, empty, blank }, rows, strict: true);
        Assert.Equal("id,customer name,note,price,weight,isPaid,status,at,seen,data", written.Split('\n')[0]);
        Assert.StartsWith(
            "7,\"Ann \"\"the\"\" Lee, Ltd\",\"two\r\nlines\",1.50,-0.0025,true,Sent,", written.Split('\n', 2)[1], StringComparison.Ordinal);
        Assert.Contains("\n0,,,,NaN,false,Open,", written, StringComparison.Ordinal);
        Assert.Contains("\n0,\"\",\"\",,0,false,9,", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_of_one_column_without_a_value_comes_back(bool hasHeader)
    {
        RecordFormat<Only> format = new CsvRecordFormat<Only>(new CsvOptions { HasHeader = hasHeader });
        Only[] rows = [new("a"), new((string?)null), new("")];

        (IReadOnlyList<Only> read, IReadOnlyList<string> problems) = await ReadAsync(format, Written(format, rows));

        Assert.Empty(problems);
        Assert.Equal(rows, read);
    }

    [Fact]
    public async Task Random_texts_come_back_whatever_is_in_them()
    {
        SeededRandom random = new(1);
        string[] pieces = ["\"", ",", "\n", "\r\n", "\r", " ", "a", "ô", "😀", ";", "'"];
        string AnyName() => string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
        Needed[] rows = [.. Enumerable.Range(0, 2_000).Select(id => new Needed { Id = id, Name = AnyName() })];

        foreach (CsvOptions options in (CsvOptions[])[new(), new() { Separator = ';' }, new() { Separator = '\t', HasHeader = false }])
        {
            (IReadOnlyList<Needed> read, IReadOnlyList<string> problems) = await ReadAsync(
                new CsvRecordFormat<Needed>(options), Written(new CsvRecordFormat<Needed>(options), rows));

            Assert.Empty(problems);
            Assert.Equal(rows, read);
        }
    }

    [Theory]
    [InlineData("id,name\r\n1,a\r\n", "1 a")]
    [InlineData("name,id\na,1", "1 a")]
    [InlineData("\ufeffid,name\n1,a\n", "1 a")]
    [InlineData(" NAME , Other ,ID\n a ,x, 1 \n", "1  a ")]
    [InlineData("id,name\n\n1,a\n\n", "1 a")]
    [InlineData("id\n1\n", "1 ")]
    [InlineData("id,name\n1,\n", "1 ")]
    [InlineData("id,name\n1,\"a\nb\"\n", "1 a\nb")]
    [InlineData("id,name\n\"1\",\"\"\"\"\n", "1 \"")]
    [InlineData("id,name\n", "")]
    [InlineData("", "")]
    public async Task Files_of_others_are_read_too(string content, string expected)
    {
        (IReadOnlyList<Needed> rows, IReadOnlyList<string> problems) = await ReadAsync(new CsvRecordFormat<Needed>(), content);

        Assert.Empty(problems);
        Assert.Equal(expected, string.Join('|', rows.Select(row => $"{row.Id} {row.Name}")));
    }

    [Theory]
    [InlineData("id,name\nx,a\n2,b\n", "wrong-type input:2:1: id is the string 'x' where an integer of 32 bits must be")]
    [InlineData("name,id\nô,007\nb,2\n", "wrong-type input:2:3: id is the string '007' where an integer of 32 bits must be")]
    [InlineData("id,name\n,a\n2,b\n", "missing-member input:2:1: id is missing")]
    [InlineData("id,name\n1\n2,b\n", "wrong-field-count input:2:1: expected 2 fields, found 1")]
    [InlineData("id,name\n1,a\"b\n2,b\n", "malformed-csv input:2:4: a quote stands in a field that does not begin with one")]
    [InlineData("id,name\n1,\"a\"b\n2,b\n", "malformed-csv input:2:6: something stands between the end of a quotation and the end of its field")]
    [InlineData("name,id\n\"a\n\",x\nb,2\n", "wrong-type input:3:3: id is the string 'x' where an integer of 32 bits must be")]
    [InlineData(
        "id,name\n1,\"a\n2,b\n",
        "unterminated-quote input:2:1: a quotation begins in this line and does not end; reading continues at the next line")]
    public async Task What_is_no_row_is_told_with_its_place_and_the_others_are_read(string content, string problem)
    {
        (IReadOnlyList<Needed> rows, IReadOnlyList<string> problems) = await ReadAsync(new CsvRecordFormat<Needed>(), content);

        Assert.Equal([problem], problems);
        Assert.Equal("2 b", string.Join('|', rows.Select(row => $"{row.Id} {row.Name}")));
    }

    [Theory]
    [InlineData(
        "a,b\n1,2\n3,4\n",
        "wrong-header input:1:1: the header must name these columns: id, name; it is 'a,b'. "
        + "If the file has no header or another separator, set CsvOptions.HasHeader or Separator")]
    [InlineData(
        "name\na\nb\n",
        "wrong-header input:1:1: the header must name these columns: id, name; it is 'name'. "
        + "If the file has no header or another separator, set CsvOptions.HasHeader or Separator")]
    [InlineData(
        "id;name\n1;a\n",
        "wrong-header input:1:1: the header must name these columns: id, name; it is 'id;name'. "
        + "If the file has no header or another separator, set CsvOptions.HasHeader or Separator")]
    [InlineData("id,name,id\n1,a,1\n", "wrong-header input:1:9: the column 'id' appears twice")]
    [InlineData("id,na\"me\n1,a\n", "malformed-csv input:1:6: a quote stands in a field that does not begin with one")]
    public async Task A_file_with_a_wrong_header_is_left(string content, string problem)
    {
        (IReadOnlyList<Needed> rows, IReadOnlyList<string> problems) = await ReadAsync(new CsvRecordFormat<Needed>(), content);

        Assert.Equal([problem], problems);
        Assert.Empty(rows);
    }

    [Fact]
    public void What_cannot_be_CSV_is_refused_when_the_job_is_defined()
    {
        Assert.StartsWith(
            $"Rows of {typeof(Basket)} cannot be CSV, since Items is no simple value but ",
            Assert.Throws<JobDefinitionException>(() => new CsvRecordFormat<Basket>()).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "Rows of System.Int32 cannot be CSV: a [StreamRecord]",
            Assert.Throws<JobDefinitionException>(() => new CsvRecordFormat<int>()).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "The type QueryStream.Connectors.Files.Tests.CsvTests has no JSON format",
            Assert.Throws<JobDefinitionException>(() => new CsvRecordFormat<CsvTests>()).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "CSV cannot be separated by '\"'",
            Assert.Throws<JobDefinitionException>(() => new CsvRecordFormat<Needed>(new CsvOptions { Separator = '"' })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_field_is_an_empty_text_where_the_text_must_be_there()
    {
        (IReadOnlyList<Place> rows, IReadOnlyList<string> problems) = await ReadAsync(
            new CsvRecordFormat<Place>(), "id,name,city,note\n1,,,\n,a,b,c\n");

        Assert.Equal([new Place(1, "", Text.From(""), null)], rows);
        Assert.Equal(["missing-member input:3:1: id is missing"], problems);
    }

    private static string Written<T>(RecordFormat<T> format, params T[] rows)
    {
        ArrayBufferWriter<byte> output = new();
        using RecordEncoder<T> encoder = format.CreateEncoder();
        if (format.HasHeader)
        {
            encoder.EncodeHeader(output);
            output.Write("\n"u8);
        }

        foreach (T row in rows)
        {
            encoder.Encode(row, output);
            output.Write("\n"u8);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
