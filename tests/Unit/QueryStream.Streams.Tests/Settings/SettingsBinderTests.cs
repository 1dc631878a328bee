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
            ("types", "a, b ,,c"), ("start", "17"), ("level", "very-loud"), ("ratio", "0.5"), ("price", "-1.20"), ("limit", "3"),
            ("since", "2025-12-09T10:00:00Z"));
        Assert.Equal("other topic", settings.Topic);
        Assert.Equal(7, settings.Parallelism);
        Assert.Equal(-9_000_000_000, settings.Ttl);
        Assert.True(settings.Verbose);
        Assert.Equal(TimeSpan.FromMinutes(2), settings.Lateness);
        Assert.Equal(TimeSpan.FromMilliseconds(500), settings.Early);
        Assert.Equal(["a", "b", "c"], settings.Types);
        Assert.Equal(new Start(17), settings.Start);
        Assert.Equal(Level.VeryLoud, settings.Level);
        Assert.Equal((0.5, -1.20m, 3), (settings.Ratio, settings.Price, settings.Limit));
        Assert.Equal(new DateTimeOffset(2025, 12, 9, 10, 0, 0, TimeSpan.Zero), settings.Since);
    }

    [Fact]
    public void A_value_that_may_be_absent_can_be_switched_off_and_the_case_of_an_enum_does_not_matter()
    {
        Assert.Null(Bind(("early", "off")).Early);
        Assert.Null(Bind(("limit", "off")).Limit);
        Assert.Equal(Level.VeryLoud, Bind(("level", "VERYLOUD")).Level);
        Assert.Equal("lateness", Assert.Throws<SettingException>(() => Bind(("lateness", "off"))).Setting);
    }

    [Theory]
    [InlineData("parallelism", "seven", "whole number")]
    [InlineData("parallelism", "7.5", "whole number")]
    [InlineData("parallelism", "1,000", "whole number")]
    [InlineData("parallelism", "3000000000", "whole number")]
    [InlineData("ttl", "99999999999999999999", "whole number")]
    [InlineData("ttl", "", "whole number")]
    [InlineData("verbose", "yes", "true or false")]
    [InlineData("lateness", "5", "duration")]
    [InlineData("lateness", "-5s", "duration")]
    [InlineData("early", "5", "or off")]
    [InlineData("start", "x", "a start is a number")]
    [InlineData("start", "99999999999", "too large")]
    [InlineData("level", "loud", "'loud' is not one of quiet, very-loud.")]
    [InlineData("level", "1", "'1' is not one of quiet, very-loud.")]
    [InlineData("ratio", "0,5", "a finite number with a decimal point")]
    [InlineData("ratio", "NaN", "a finite number with a decimal point")]
    [InlineData("price", "1,000.00", "a number with a decimal point")]
    [InlineData("limit", "many", "'many' is not a whole number from -2147483648 to 2147483647, or off.")]
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
        Assert.Contains(
            "early, lateness, level, limit, parallelism, price, ratio, since, start, topic, ttl, types, verbose", failure.Message,
            StringComparison.Ordinal);
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
                ("types", "Sinh viên,Học viên"), ("start", "start 5"), ("level", "quiet"), ("ratio", "1.5"), ("price", "9.90"), ("limit", "off"),
                ("since", "01/01/0001 00:00:00 +00:00"),
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
    public void The_culture_has_no_effect()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal(TimeSpan.FromSeconds(1.5), Bind(("lateness", "1.5s")).Lateness);
            Assert.Throws<SettingException>(() => Bind(("lateness", "1,5s")));
            Assert.Throws<SettingException>(() => Bind(("parallelism", "1.000")));
            Assert.Equal((0.5, 0.25m), (Bind(("ratio", "0.5")).Ratio, Bind(("price", "0.25")).Price));
            Assert.Equal(new DateTimeOffset(2025, 3, 4, 0, 0, 0, TimeSpan.Zero), Bind(("since", "03/04/2025 00:00:00 +00:00")).Since);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void An_invalid_declaration_is_refused_even_without_a_value()
    {
        Assert.Contains(
            "'rate' of NoTextForm.Rate cannot be bound: the type Object has no text form. Use String, Boolean,", Refused<NoTextForm>(),
            StringComparison.Ordinal);
        Assert.EndsWith("cannot be bound: the property has no setter: add init.", Refused<NoSetter>(), StringComparison.Ordinal);
        Assert.EndsWith("cannot be bound: the property must be public.", Refused<NotPublic>(), StringComparison.Ordinal);
        Assert.EndsWith("cannot be bound: another property has the same name.", Refused<Twice>(), StringComparison.Ordinal);
        Assert.EndsWith(
            "cannot be bound: its name must consist of letters, digits, dashes, dots and underscores.", Refused<BadName>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_settings_says_so() => Assert.Equal(
        "Setting 'fly': is unknown: there are no settings. Settings are properties with a [Setting] attribute.",
        Assert.Throws<SettingException>(() => SettingsBinder.Bind<None>(new Dictionary<string, string> { ["fly"] = "1" })).Message);

    [Theory]
    [InlineData("fly", "Setting 'fly': is not a setting. Write --name=value, for example --window=10s.")]
    [InlineData("--fly", "Setting '--fly': is not a setting. Write --name=value, for example --window=10s.")]
    [InlineData("--=1", "Setting '--=1': is not a setting. Write --name=value, for example --window=10s.")]
    public void An_argument_of_another_form_is_refused(string argument, string error) =>
        Assert.Equal(error, Assert.Throws<SettingException>(() => JobSettings.Parse([argument])).Message);

    [Fact]
    public void Arguments_are_names_and_values()
    {
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "x=y", ["c"] = "" }, JobSettings.Parse(["--a=1", "--b=x=y", "--c="]));
        Assert.Equal("Setting 'a': is given twice.", Assert.Throws<SettingException>(() => JobSettings.Parse(["--a=1", "--a=1"])).Message);
    }

    private static string Refused<T>()
        where T : new() => Assert.Throws<JobDefinitionException>(() => SettingsBinder.Bind<T>(new Dictionary<string, string>())).Message;

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

        [Setting("level", "An enum")]
        public Level Level { get; init; }

        [Setting("ratio", "A double")]
        public double Ratio { get; init; } = 1.5;

        [Setting("price", "A decimal")]
        public decimal Price { get; init; } = 9.90m;

        [Setting("limit", "A number or none")]
        public int? Limit { get; init; }

        [Setting("since", "A type of .NET")]
        public DateTimeOffset Since { get; init; }

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

    private enum Level
    {
        Quiet,
        VeryLoud,
    }

    private sealed class None;

    private sealed class NoTextForm
    {
        [Setting("rate", "Of a type without Parse(string)")]
        public object? Rate { get; init; }
    }

    private sealed class NoSetter
    {
        [Setting("rate", "Cannot be set")]
        public int Rate { get; }
    }

    private sealed class NotPublic
    {
        [Setting("rate", "Cannot be seen")]
        private int Rate { get; init; }
    }

    private sealed class Twice
    {
        [Setting("rate", "One")]
        public int One { get; init; }

        [Setting("RATE", "Two")]
        public int Two { get; init; }
    }

    private sealed class BadName
    {
        [Setting("the rate", "With a space")]
        public int Rate { get; init; }
    }
}
