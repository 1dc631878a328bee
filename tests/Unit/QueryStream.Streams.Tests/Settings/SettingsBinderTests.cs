using System.Globalization;
using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;

namespace QueryStream.Streams.Tests.Settings;

public sealed class SettingsBinderTests
{
    [Fact]
    public void Without_values_everything_has_its_default()
    {
        Sample settings = JobSettings.None.Bind<Sample>();
        Assert.Equal(new Sample(), settings);
    }

    [Fact]
    public void Every_type_of_setting_is_bound()
    {
        Sample settings = Bind(
            ("topic", "other topic"), ("parallelism", "7"), ("ttl", "-9000000000"), ("verbose", "TRUE"), ("lateness", "2min"), ("early", "500ms"),
            ("types", "a, b ,,c"), ("start", "17"));
        Assert.Equal("other topic", settings.Topic);
        Assert.Equal(7, settings.Parallelism);
        Assert.Equal(-9_000_000_000, settings.Ttl);
        Assert.True(settings.Verbose);
        Assert.Equal(TimeSpan.FromMinutes(2), settings.Lateness);
        Assert.Equal(TimeSpan.FromMilliseconds(500), settings.Early);
        Assert.Equal(["a", "b", "c"], settings.Types);
        Assert.Equal(new Start(17), settings.Start);
    }

    [Fact]
    public void A_duration_that_may_be_absent_can_be_switched_off()
    {
        Assert.Null(Bind(("early", "off")).Early);
        Assert.Equal("lateness", Assert.Throws<SettingException>(() => Bind(("lateness", "off"))).Setting);
    }

    [Theory]
    [InlineData("parallelism", "seven", "whole number")]
    [InlineData("parallelism", "7.5", "whole number")]
    [InlineData("parallelism", "1,000", "whole number")]
    [InlineData("parallelism", "3000000000", "whole number")]
    [InlineData("ttl", "99999999999999999999", "whole number")]
    [InlineData("ttl", "", "whole number")]
    [InlineData("verbose", "yes", "true nor false")]
    [InlineData("lateness", "5", "duration")]
    [InlineData("lateness", "-5s", "duration")]
    [InlineData("early", "5", "or off")]
    [InlineData("start", "x", "a start is a number")]
    [InlineData("start", "99999999999", "too large")]
    public void A_value_that_is_not_allowed_is_refused_with_its_setting(string setting, string value, string problem)
    {
        SettingException failure = Assert.Throws<SettingException>(() => Bind((setting, value)));
        Assert.Equal(setting, failure.Setting);
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_value_is_shown() =>
        Assert.Contains("'seven'", Assert.Throws<SettingException>(() => Bind(("parallelism", "seven"))).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_setting_is_refused_with_those_that_exist()
    {
        SettingException failure = Assert.Throws<SettingException>(() => Bind(("Topic", "x")));
        Assert.Equal("Topic", failure.Setting);
        Assert.Contains("early, lateness, parallelism, start, topic, ttl, types, verbose", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_without_the_attribute_cannot_be_set() => Assert.Throws<SettingException>(() => Bind(("Hidden", "1")));

    [Fact]
    public void Rules_of_the_settings_themselves_are_checked_once_all_are_bound()
    {
        SettingException failure = Assert.Throws<SettingException>(() => Bind(("parallelism", "0")));
        Assert.Equal("parallelism", failure.Setting);
        Assert.Equal(3, Bind(("parallelism", "3")).Parallelism);
    }

    [Fact]
    public void Settings_are_listed_in_order_with_defaults_that_can_be_written_back()
    {
        IReadOnlyList<SettingInfo> list = SettingsBinder.Describe<Sample>();
        Assert.Equal(
            [
                ("topic", "user-queries"), ("parallelism", "1"), ("ttl", "2592000"), ("verbose", "false"), ("lateness", "10s"), ("early", "off"),
                ("types", "Sinh viên,Học viên"), ("start", "start 5"),
            ],
            list.Select(setting => (setting.Name, setting.Default)));
        Assert.Equal("Where rows come from", list[0].Description);
        foreach (SettingInfo setting in list.Where(setting => setting.Name != "start"))
        {
            Sample bound = Bind((setting.Name, setting.Default));
            Assert.Equal(Sample.DefaultTypes, bound.Types);
            Assert.Equal(new Sample(), bound with { Types = Sample.DefaultTypes });
        }
    }

    [Fact]
    public void The_users_language_changes_nothing()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal(TimeSpan.FromSeconds(1.5), Bind(("lateness", "1.5s")).Lateness);
            Assert.Throws<SettingException>(() => Bind(("lateness", "1,5s")));
            Assert.Throws<SettingException>(() => Bind(("parallelism", "1.000")));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_setting_of_a_type_that_cannot_be_parsed_is_a_defect() =>
        Assert.Throws<InvalidOperationException>(() => SettingsBinder.Bind<Impossible>(new Dictionary<string, string> { ["rate"] = "1" }));

    private static Sample Bind(params (string Name, string Value)[] values) =>
        new JobSettings(values.ToDictionary(value => value.Name, value => value.Value)).Bind<Sample>();

    private sealed record Sample : IValidatedSettings
    {
        public static readonly IReadOnlyList<string> DefaultTypes = ["Sinh viên", "Học viên"];

        [Setting("topic", "Where rows come from")]
        public string Topic { get; init; } = "user-queries";

        [Setting("parallelism", "1 or more")]
        public int Parallelism { get; init; } = 1;

        [Setting("ttl", "Seconds")]
        public long Ttl { get; init; } = 2_592_000;

        [Setting("verbose", "true or false")]
        public bool Verbose { get; init; }

        [Setting("lateness", "How late")]
        public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(10);

        [Setting("early", "How often; off for never")]
        public TimeSpan? Early { get; init; }

        [Setting("types", "A list")]
        public IReadOnlyList<string> Types { get; init; } = DefaultTypes;

        [Setting("start", "A type with its own syntax")]
        public Start Start { get; init; } = new(5);

        public int Hidden { get; init; }

        public void Validate()
        {
            if (Parallelism < 1)
            {
                throw new SettingException("parallelism", $"{Parallelism} is not possible: it must be 1 or more.");
            }
        }
    }

    private sealed record Start(int Number)
    {
        public static Start Parse(string text) =>
            text.Length > 10 ? throw new OverflowException("It is too large.")
            : int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? new Start(number)
            : throw new FormatException($"'{text}': a start is a number.");

        public override string ToString() => $"start {Number}";
    }

    private sealed record Impossible
    {
        [Setting("rate", "Of a type without Parse(string)")]
        public Uri? Rate { get; init; }
    }
}
