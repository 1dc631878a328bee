using QueryStream.Testing.Assemblies;

namespace QueryStream.JobSubmit.Tests;

/// <summary>The output of <c>info</c>, compared with the files in the folder Plans.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-plans-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("query-analytics --parallelism 2", "query-analytics.txt")]
    [InlineData("query-analytics --format mermaid --parallelism 1", "query-analytics.mmd")]
    [InlineData("query-analytics --format json --parallelism 1 -- --window.faculty=40s", "query-analytics.json")]
    [InlineData("WordCount.dll --parallelism 1", "word-count.txt")]
    [InlineData("WordCount.dll --format text --class WordCountJob --parallelism 3 -- --window=1h", "word-count-by-hour.txt")]
    [InlineData("WordCount.dll --format mermaid --parallelism 1", "word-count.mmd")]
    [InlineData("WordCount.dll --format json --parallelism 1", "word-count.json")]
    public async Task A_plan_is_printed_as_it_is_expected(string arguments, string file)
    {
        Assert.True(
            await InfoAsync(
                arguments.Replace("WordCount.dll", Path.Combine(AppContext.BaseDirectory, "WordCount.dll"), StringComparison.Ordinal)) == 0,
            _errors.ToString());

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Plans", file)), _output.ToString());
    }

    [Fact]
    public async Task State_is_told_as_functions_declare_it()
    {
        Assert.True(await InfoAsync(Write("""
            state.Value<long>("seen"); state.List<string>("all"); state.Map<int, long>("by number");
            """)) == 0, _errors.ToString());

        Assert.Contains("- mine [KeyedProcess]  state: seen (value), all (list), by number (map)", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_of_a_function_that_cannot_be_opened_is_unknown_and_the_plan_says_why()
    {
        Assert.True(
            await InfoAsync(Write("state.Value<long>(\"seen\"); throw new TimeoutException(\"no answer from prices\");")) == 0, _errors.ToString());

        Assert.Contains(
            "- mine [KeyedProcess]  state: seen (value), unknown, since the function cannot be opened here: "
            + "TimeoutException: no answer from prices (unknown)",
            _output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_that_cannot_be_declared_is_told_with_its_operator()
    {
        Assert.Equal(1, await InfoAsync(Write("state.Value<long>(\"seen\"); state.List<long>(\"seen\");")));

        Assert.StartsWith("ERROR: mine: The state 'seen' is declared twice", _errors.ToString(), StringComparison.Ordinal);
    }

    private string Write(string open) => new UserAssembly(_folder.FullName, "Mine", UserCode.Connectors + $$"""
        public sealed class Mine : QueryStream.Streams.Functions.KeyedProcessFunction<long, long, long>
        {
            public override void Open(QueryStream.Streams.State.KeyedStateContext state) { {{open}} }
            public override void Process(in long row, QueryStream.Streams.Functions.KeyedContext<long, long> context) { }
        }

        public sealed class Job : IStreamJob
        {
            public string Name => "Stateful";
            public void Define(StreamBuilder job) =>
                job.Source("numbers", new Numbers()).KeyBy(number => number).Process(() => new Mine(), "mine").To("lines", new Lines<long>("none"));
        }
        """).Write();

    private Task<int> InfoAsync(string arguments) => CommandLine.RunAsync(
        ["info", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        new Terminal(_output, _errors, IsInteractive: false),
        CancellationToken.None);
}
