import ArgumentParser

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Prints every setting with its default and meaning, or checks those in force.")

    @OptionGroup var options: ConfigOptions

    @Flag(help: "Print the settings in force instead of the defaults; secrets stay references.")
    var effective = false

    @Flag(help: "Only check the settings in force.")
    var check = false

    func run() throws {
        if check || effective {
            let (settings, _) = try options.load()
            if effective {
                print(ConfigurationExample.text(settings), terminator: "")
            } else {
                _ = try settings.emptyBank()
                print("The settings are good.")
            }
        } else {
            print(ConfigurationExample.text(), terminator: "")
        }
    }
}
