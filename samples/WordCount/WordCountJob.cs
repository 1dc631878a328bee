using QueryStream.Connectors.DataGen;
using QueryStream.Connectors.Files;
using QueryStream.Connectors.Terminal;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Samples.WordCount;

/// <summary>Counts the words of lines in windows.</summary>
public sealed class WordCountJob : IStreamJob
{
    private static readonly string[] Words = ["to", "be", "or", "not", "that", "is", "the", "question"];

    /// <inheritdoc/>
    public string Name => "Word count";

    /// <inheritdoc/>
    public void Define(StreamBuilder job)
    {
        WordCountSettings settings = job.Settings.Bind<WordCountSettings>();
        Lines(job, settings)
            .FlatMap<Text>(Split)
            .KeyBy(word => word)
            .Window(Tumbling.Of(settings.Window)).Named("word counts")
            .Aggregate(words => words.Count())
            .Map(result => new WordCount(result.Key, result.Value, result.Window.Start.ToDateTimeOffset()))
            .Print("counts");
    }

    // The event time of a line is the modification time of its file; of a generated line, the clock's time, or one second after the previous line.
    private static SourceStream<Text> Lines(StreamBuilder job, WordCountSettings settings)
    {
        if (settings.Input.Length > 0)
        {
            return job.Files<Text>("lines", new FileSourceOptions { Path = settings.Input }).Text();
        }

        GeneratorOptions options = new()
        {
            Count = settings.Lines > 0 ? settings.Lines : null,
            RowsPerSecond = settings.Rate > 0 ? settings.Rate : null,
            StartTime = settings.Rate > 0 ? null : new EventTime(0),
            Interval = TimeSpan.FromSeconds(1),
        };
        return job.Generate("lines", options, row => Text.From($"{row.Choice(Words)} {row.Choice(Words)} {row.Choice(Words)}"));
    }

    private static void Split(Text line, Action<Text> emit)
    {
        string text = line.ToString().ToLowerInvariant();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            emit(Text.From(word));
        }
    }
}
