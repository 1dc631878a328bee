using System.IO.Compression;
using System.Text;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Connectors.Files.Tests;

[QueryStream.Streams.StreamRecord]
public sealed record Click(string User, string Url, DateTimeOffset Ts);

public sealed class FileSourceTests : FileRig
{
    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb", "a|b")]
    [InlineData("\n\na", "||a")]
    [InlineData("\ufeffa\n", "a")]
    public async Task Lines_are_rows_without_their_ends(string content, string lines)
    {
        (IReadOnlyList<Text> rows, _) = await ReadAsync(new TextRecordFormat(), content);

        Assert.Equal(lines, string.Join('|', rows));
    }

    [Theory]
    [InlineData("", "a.txt|b/c.txt|b/d/e.csv")]
    [InlineData("a.txt", "a.txt")]
    [InlineData("*.txt", "a.txt")]
    [InlineData("**/*.txt", "a.txt|b/c.txt")]
    [InlineData("b/**", "c.txt|d/e.csv")]
    [InlineData("?.txt", "a.txt")]
    [InlineData("b/*/?.csv", "d/e.csv")]
    [InlineData("*.none", "")]
    public async Task A_file_a_folder_or_a_pattern_says_what_is_read(string path, string splits)
    {
        foreach (string name in (string[])["b/d/e.csv", "b/c.txt", "a.txt", ".hidden.txt", "_hidden.txt", ".git/x.txt"])
        {
            Write(name, "row\n");
        }

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat(), new FileSourceOptions { Path = Path.Combine(Folder, path) });

        Assert.Equal(splits, string.Join('|', source.Splits));
        Assert.Equal(source.Splits.Count, source.Rows.Count);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_refused_when_the_source_opens()
    {
        SourceHarness<Text> source = Source(new TextRecordFormat(), new FileSourceOptions { Path = Path.Combine(Folder, "none/*.txt") });

        ServiceRefusedException error = await Assert.ThrowsAsync<ServiceRefusedException>(source.OpenAsync);

        Assert.Equal($"There is no file or folder '{Folder}/none', the root of the pattern '{Folder}/none/*.txt'.", error.Message);
    }

    [Fact]
    public async Task A_record_that_is_too_long_is_told_with_its_beginning()
    {
        string path = Write("input", $"short\n{new string('x', 1_000_000)}\nend\n{new string('y', 101)}");

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat(), new FileSourceOptions { Path = path, MaxRecordBytes = 100 });

        Assert.Equal(["short", "end"], source.Rows.Select(row => row.Row.ToString()));
        Assert.Equal(
        [
            "record-too-large input:2:1: the record is longer than the 100 bytes of MaxRecordBytes",
            "record-too-large input:4:1: the record is longer than the 100 bytes of MaxRecordBytes",
        ],
            source.DeadLetters.Select(letter => Shown(letter, path)));
        Assert.Equal([6 + 1_000_000L, 6 + 1_000_001 + 4 + 101 - 1], source.DeadLetters.Select(letter => letter.Offset));
        Assert.All(source.DeadLetters, letter => Assert.InRange(letter.Value!.Length, 100, DeadLetter.MaxValueBytes));
    }

    [Theory]
    [InlineData("xxxx\nxxxx\r\nxxxx", 3)]
    [InlineData("xxxxx\nxxxxx\r\nxxxxx", 0)]
    public async Task The_end_of_the_line_does_not_make_a_record_too_large(string content, int rows)
    {
        string path = Write("input", content);

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat(), new FileSourceOptions { Path = path, MaxRecordBytes = 4 });

        Assert.Equal(rows, source.Rows.Count);
        Assert.Equal(3 - rows, source.DeadLetters.Count);
    }

    [Fact]
    public async Task Lines_within_the_quotes_of_a_record_that_is_too_large_are_no_records()
    {
        string path = Write("input", $"id,name\n\"1\n7,of the quotation\n2\",{new string('x', 600_000)}\n8,behind\nx,\n");

        SourceHarness<Needed> source = await ReadAsync(new CsvRecordFormat<Needed>(), new FileSourceOptions { Path = path, MaxRecordBytes = 100 });

        Assert.Equal([8], source.Rows.Select(row => row.Row.Id));
        Assert.Equal(["record-too-large input:2:1", "wrong-type input:6:1"], source.DeadLetters.Select(letter => Shown(letter, path).Split(": ")[0]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("one\n")]
    public async Task What_was_read_in_part_and_is_gone_or_shorter_after_a_restore_is_told_of(string? left)
    {
        if (left is not null)
        {
            Write("partly", left);
        }

        Write("whole", "row\n");
        SourceHarness<Text> source = Source(new TextRecordFormat());
        source.Restored = new Dictionary<string, long> { ["partly"] = 7 };
        await source.OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal(["row"], source.Rows.Select(row => row.Row.ToString()));
        DeadLetter letter = Assert.Single(source.DeadLetters);
        Assert.Equal(("partly", "unreadable-file"), (letter.Topic, letter.Reason));
    }

    [Fact]
    public async Task Links_to_folders_are_followed_but_never_round_in_a_circle()
    {
        Write("a/1.txt", "1\n");
        Write("b/2.txt", "2\n");
        Directory.CreateSymbolicLink(Path.Combine(Folder, "a/self"), Path.Combine(Folder, "a"));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "a/up"), Folder);
        Directory.CreateSymbolicLink(Path.Combine(Folder, "a/other"), Path.Combine(Folder, "b"));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "b/other"), Path.Combine(Folder, "a"));

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat());

        Assert.Equal(["a/1.txt", "a/other/2.txt", "b/2.txt", "b/other/1.txt"], source.Splits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_to_nothing_is_one_dead_letter_and_the_other_files_are_read(bool watches)
    {
        File.CreateSymbolicLink(Path.Combine(Folder, "a.txt"), Path.Combine(Folder, "nowhere"));
        Write("b.txt", "b\n");
        SourceHarness<Text> source = Source(
            new TextRecordFormat(), new FileSourceOptions { Path = Folder, WatchEvery = watches ? TimeSpan.FromSeconds(1) : null });
        await source.OpenAsync();
        await UntilReadAsync(source, 1);

        Assert.Equal(["b"], source.Rows.Select(row => row.Row.ToString()));
        Assert.Equal(("a.txt", "unreadable-file"), source.DeadLetters.Select(letter => (letter.Topic, letter.Reason)).Single());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_told_of()
    {
        string path = Write("input", [(byte)'a', (byte)'\n', 0xC3, 0x28, (byte)'\n', (byte)'b']);

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat(), new FileSourceOptions { Path = path });

        Assert.Equal(["a", "b"], source.Rows.Select(row => row.Row.ToString()));
        Assert.Equal(["invalid-utf8 input:2:1: the text is not UTF-8"], source.DeadLetters.Select(letter => Shown(letter, path)));
    }

    // A record without a required member must be a dead letter, not a row with null that fails the job later.
    [Fact]
    public async Task A_record_without_a_member_that_must_be_there_is_a_dead_letter()
    {
        (IReadOnlyList<Click> rows, IReadOnlyList<string> problems) = await ReadAsync(
            new JsonRecordFormat<Click>(),
            "{\"user\":\"a\",\"url\":\"/\",\"ts\":\"2026-01-05T10:00:00Z\"}\n{\"url\":\"/\",\"ts\":\"2026-01-05T10:00:01Z\"}\n"
            + "{\"user\":null,\"url\":\"/\",\"ts\":\"2026-01-05T10:00:01Z\"}\n");

        Assert.Equal("a", Assert.Single(rows).User);
        Assert.Equal(["missing-member input:2:39: user is missing", "wrong-type input:3:9: user is null where a string must be"], problems);
    }

    [Fact]
    public async Task A_problem_in_JSON_is_told_with_its_column()
    {
        (IReadOnlyList<Needed> rows, IReadOnlyList<string> problems) = await ReadAsync(
            new JsonRecordFormat<Needed>(), "{\"id\":1}\n{\"name\":\"ô\",\"id\":\"x\"}\n\n{\"id\":2\n{\"id\":3}");

        Assert.Equal([1, 3], rows.Select(row => row.Id));
        Assert.Equal("wrong-type input:2:18: id is the string 'x' where an integer of 32 bits must be", problems[0]);
        Assert.StartsWith("malformed-json input:4:8: the text is not JSON: ", problems[1], StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packed_file_that_is_damaged_is_one_dead_letter_and_the_others_are_read()
    {
        using MemoryStream packed = new();
        await using (GZipStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i * 7919}\n"))));
        }

        Write("a.gz", packed.ToArray()[..(int)(packed.Length / 2)]);
        Write("b.gz", [1, 2, 3]);
        Write("c.txt", "c\n");

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat());

        Assert.Contains(source.Rows, row => row.Row.ToString() == "c");
        Assert.Contains(source.DeadLetters, letter => letter is { Topic: "b.gz", Reason: "unreadable-file" });
        Assert.Equal(3, source.Ends.Count(end => end.IsFinal));
    }

    [Fact]
    public async Task A_row_has_the_time_of_its_file_unless_the_job_says_otherwise()
    {
        string path = Write("input", "a\n");
        File.SetLastWriteTimeUtc(path, new DateTime(2025, 12, 9, 0, 0, 0, DateTimeKind.Utc));

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat());

        Assert.Equal(EventTime.From(new DateTimeOffset(2025, 12, 9, 0, 0, 0, TimeSpan.Zero)), source.Rows[0].Time);
    }

    [Fact]
    public async Task What_a_time_range_excludes_is_a_dead_letter()
    {
        Write("input", "a\n");
        SourceHarness<Text> source = Source(new TextRecordFormat());
        source.TimeRange = (new EventTime(0), new EventTime(1));
        await source.OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal("time-out-of-range", Assert.Single(source.DeadLetters).Reason);
        Assert.Equal(1, source.RecordsRead);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3_600)]
    [InlineData(3_600)]
    public async Task A_watched_folder_brings_files_that_do_not_change_each_once_whatever_their_clock_says(int seconds)
    {
        FileSourceOptions options = new() { Path = Folder, WatchEvery = TimeSpan.FromSeconds(60), QuietFor = TimeSpan.FromSeconds(10) };
        Touch(Write("old", "old\n"), seconds);
        Touch(Write("growing", "half a r"), seconds);
        SourceHarness<Text> source = Source(new TextRecordFormat(), options);
        await source.OpenAsync();
        Assert.Empty(source.Splits);

        // The next listing is due when a file may have been quiet for long enough, not only after WatchEvery.
        source.Poll();
        await File.AppendAllTextAsync(Path.Combine(Folder, "growing"), "ow\n");
        Touch(Path.Combine(Folder, "growing"), seconds);
        Time.Advance(TimeSpan.FromSeconds(10));
        await source.ReadAsync(1);
        Assert.Equal(["old"], source.Splits);

        await File.AppendAllTextAsync(Path.Combine(Folder, "old"), "never read\n");
        await UntilReadAsync(source, 2);

        Assert.Equal(["old", "growing"], source.Splits);
        Assert.Equal(["old", "half a row"], source.Rows.Select(row => row.Row.ToString()));

        // A file that was read to its end is not read again after a restore.
        SourceHarness<Text> restored = Source(new TextRecordFormat(), options with { WatchEvery = null });
        restored.Restored = source.Snapshot();
        await restored.OpenAsync();
        await restored.ReadToEndAsync();
        Assert.Empty(restored.Rows);
        Assert.Equal(["growing", "old"], restored.Splits);
    }

    [Fact]
    public async Task Carriage_returns_alone_end_lines_where_the_first_line_ends_with_one()
    {
        Write("cr-only.csv", "card,amount,at\r1,0.50,2025-12-09T10:00:00Z\r1,700.00,2025-12-09T10:00:30Z\r");
        SourceHarness<Payment> payments = await ReadAsync(new CsvRecordFormat<Payment>());
        Assert.Empty(payments.DeadLetters);
        Assert.Equal([0.50m, 700.00m], payments.Rows.Select(row => row.Row.Amount));

        (IReadOnlyList<Needed> rows, IReadOnlyList<string> problems) = await ReadAsync(
            new JsonRecordFormat<Needed>(), "{\"id\":1}\r{\"id\":x}\r{\"id\":3}");
        Assert.Equal([1, 3], rows.Select(row => row.Id));
        Assert.StartsWith("malformed-json input:2:7: ", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\rb\r", "a|b")]
    [InlineData("a\r\rb", "a||b")]
    [InlineData("a\r", "a")]
    [InlineData("a\r\nb\rc\n", "a|b\rc")]
    public async Task The_first_line_end_decides_what_ends_lines(string content, string lines)
    {
        (IReadOnlyList<Text> rows, _) = await ReadAsync(new TextRecordFormat(), content);

        Assert.Equal(lines, string.Join('|', rows));
    }

    [Fact]
    public async Task Lines_that_end_with_carriage_returns_may_be_in_many_blocks()
    {
        string path = Write("input", string.Concat(Enumerable.Range(0, 100_000).Select(line => $"{line}\r")));

        SourceHarness<Text> source = await ReadAsync(new TextRecordFormat(), new FileSourceOptions { Path = path });

        Assert.Equal(Enumerable.Range(0, 100_000).Select(line => $"{line}"), source.Rows.Select(row => row.Row.ToString()));
    }

    [Fact]
    public async Task A_file_that_is_renamed_when_it_is_complete_is_read_then()
    {
        SourceHarness<Text> source = Source(
            new TextRecordFormat(), new FileSourceOptions { Path = Folder, WatchEvery = TimeSpan.FromSeconds(1), QuietFor = TimeSpan.Zero });
        await source.OpenAsync();
        string hidden = Write(".part", "row\n");
        Touch(hidden, seconds: -1);
        Time.Advance(TimeSpan.FromSeconds(1));

        File.Move(hidden, Path.Combine(Folder, "part"));
        await UntilReadAsync(source, 1);

        Assert.Equal(["part"], source.Splits);
    }

    [Fact]
    public void Options_that_are_not_possible_are_refused_when_the_job_is_defined()
    {
        FileSourceOptions options = new() { Path = Folder };
        Refused("File source 'files': Path is empty", options with { Path = " " });
        Refused("File source 'files': WatchEvery is 0ms", options with { WatchEvery = TimeSpan.Zero });
        Refused("File source 'files': QuietFor is -1s", options with { QuietFor = TimeSpan.FromSeconds(-1) });
        Refused("File source 'files': MaxRecordBytes is 0", options with { MaxRecordBytes = 0 });

        void Refused(string start, FileSourceOptions refused) =>
            Assert.StartsWith(
                start, Assert.Throws<JobDefinitionException>(() => Source(new TextRecordFormat(), refused)).Message, StringComparison.Ordinal);
    }

    private Task UntilReadAsync(SourceHarness<Text> source, int rows) => source.ReadUntilAsync("rows of a new file", () =>
    {
        // The source may not be waiting yet.
        Time.Advance(TimeSpan.FromSeconds(1));
        return source.Rows.Count >= rows;
    });

    private void Touch(string path, int seconds) => File.SetLastWriteTimeUtc(path, Time.GetUtcNow().AddSeconds(seconds).UtcDateTime);
}
